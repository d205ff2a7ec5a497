import Agent
import FaultKinds
import Spec
import Wire

/// An injector that tests crank by hand: bytes and time in, verdict and bytes out.
struct Bench {
    var injector: Injector
    var time: UInt64 = 1_000_000_000
    private var out = Writer(capacity: 65_531)
    private var armed = 0

    init(resolver: String = "127.0.0.1", protected: [String] = []) {
        injector = Injector(
            resolvers: HostResolvers(resolvConf: "nameserver \(resolver)\n"),
            protected: protected.compactMap { NamePattern($0) })
    }

    /// What came out of one packet.
    struct Outcome: Equatable {
        var verdict: Verdict
        /// The packet that goes on in its place, if one does.
        var packet: [UInt8]?
        var ends: [HoldEnd]

        /// What that packet carries.
        var payload: [UInt8]? {
            guard let packet, let parsed = try? Packet(parsing: packet.span) else { return nil }
            return Array(packet[parsed.payload])
        }
    }

    @discardableResult
    mutating func arm(
        _ yaml: String, name: String = "drill", seed: UInt64 = 1, dryRun: Bool = false
    ) throws -> String {
        armed += 1
        let id = "f\(armed)"
        injector.arm(
            LiveFault(
                id: id, name: name, fault: try Fault(yaml: yaml), seed: seed, isDryRun: dryRun,
                armedAt: time))
        return id
    }

    mutating func feed(
        _ packet: [UInt8], forwarded: Bool = false, overLoopback: Bool = true
    ) -> Outcome {
        out.reset()
        var ends: [HoldEnd] = []
        let arrival = Arrival(
            isForwarded: forwarded, isOnLoopbackInterface: overLoopback, time: time)
        let verdict = injector.decide(packet.span, arrival: arrival, out: &out, releases: &ends)
        let isReplaced =
            switch verdict {
            case .replace, .hold(_, _, replaced: true): true
            default: false
            }
        return Outcome(verdict: verdict, packet: isReplaced ? out.bytes : nil, ends: ends)
    }

    mutating func advance(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        time += UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000
    }

    func counters(_ id: String) -> FaultCounters? {
        injector.faults.first { $0.id == id }?.counters
    }
}
