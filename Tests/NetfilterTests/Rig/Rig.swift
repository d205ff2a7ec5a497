import Dispatch
import Netfilter

/// Table, queues and loop, armed; everything goes when this does.
final class Rig {
    var table: OwnerTable
    let loop: PacketLoop<Judge>
    let judged: DispatchSemaphore

    /// Intercepts answers from port 53 over UDP (those with `label`, or all) and TCP.
    init(
        label: String? = nil, ports: [UInt16: Duration] = [53: .seconds(60)],
        heartbeat: Duration = .seconds(30), holdCapacity: Int = 1 << 16,
        _ judge: @escaping @Sendable (Span<UInt8>, PacketInfo, inout Reply) -> Verdict
    ) throws {
        try Sandbox.enter()
        var table = try OwnerTable()
        let handler = Judge(judge)
        judged = handler.judged
        loop = try PacketLoop(try PacketQueues(), holdCapacity: holdCapacity, handler: handler)
        try table.apply(Self.ruleset(for: loop.numbers, label: label, ports: ports))
        try table.renew(for: heartbeat)
        self.table = table
    }

    static func ruleset(
        for numbers: QueueNumbers, label: String?, ports: [UInt16: Duration]
    ) -> Ruleset {
        Ruleset(
            queue: numbers.datagrams, streamQueue: numbers.streams,
            udp: [.init(label: label.map { Array($0.utf8) }, ports: ports)], tcp: ports)
    }

    /// Waits until the handler has judged one packet more.
    func waitUntilJudged() throws {
        guard judged.wait(timeout: .now() + .seconds(5)) == .success else {
            throw Failure("no packet came to the handler; \(loop.counters)")
        }
    }

    /// How many packets the handler has seen.
    var seen: Int { loop.value { handler, _ in handler.seen } ?? -1 }
}

/// Two UDP sockets on loopback: one answers from port 53, one asks.
struct Pair {
    let server: TestSocket
    let client: TestSocket
    let clientAddress: Endpoint

    init(_ address: String = "127.0.0.1", port: UInt16 = 53) throws {
        try Sandbox.enter()
        server = try TestSocket(bound: Endpoint(address: address, port: port))
        client = try TestSocket(bound: Endpoint(address: address, port: 0))
        clientAddress = Endpoint(address: address, port: client.port)
    }

    func answer(_ text: String) throws { try server.send(Array(text.utf8), to: clientAddress) }
    func answer(_ bytes: [UInt8]) throws { try server.send(bytes, to: clientAddress) }

    /// The next answer that came through; nil after a while without one.
    func next(within milliseconds: Int32 = 2_000) -> String? {
        client.receive(within: milliseconds).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Answers until one comes through or `limit` is over; returns how long that took.
    func timeUntilReal(limit: Duration) throws -> Duration? {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < limit {
            try answer("probe")
            if next(within: 20) != nil { return ContinuousClock.now - start }
        }
        return nil
    }
}
