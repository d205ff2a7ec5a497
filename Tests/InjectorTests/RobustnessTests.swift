import Agent
import FaultKinds
import Testing
import Wire

/// Whatever bytes come: no trap, and what is not understood passes.
@Suite struct RobustnessTests {
    static let faults = [
        "names: '*.amazonaws.com'\ndns: empty",
        "names: '*.example.com'\ndns: [{delay: 1ms}, nxdomain]",
        "names: '*.amazonaws.com'\ndns: {partial: 1}\nprobability: 50%",
    ]

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `mutated packets never trap`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var bench = Bench()
        for fault in Self.faults { try bench.arm(fault, seed: seed) }
        let message = try Answers.dynamo()
        let seeds = [
            try Answers.udp(message), try Answers.tcp(Answers.framed(message), sequence: 1),
            try Answers.udp(Answers.message("a.example.com", edns: false)),
        ]
        for round in 0..<20_000 {
            var packet = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<packet.count, using: &random)
                packet[at] = UInt8.random(in: 0...255, using: &random)
            }
            if round % 5 == 0 {
                packet.removeLast(Int.random(in: 0..<packet.count, using: &random))
            }
            let outcome = bench.feed(packet)
            if let rewritten = outcome.packet {
                let parsed = try Packet(parsing: rewritten.span)
                let isSound = parsed.checksumsVerify(rewritten.span)
                #expect(isSound, "seed \(seed), round \(round)")
            }
        }
    }

    @Test(arguments: [4, 5] as [UInt64])
    func `arbitrary bytes pass`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var bench = Bench()
        for fault in Self.faults { try bench.arm(fault, seed: seed) }
        for round in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...600, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(bench.feed(bytes).verdict == .accept, "seed \(seed), round \(round)")
            #expect(bench.feed(try Answers.udp(bytes)).verdict == .accept)
        }
        #expect(bench.injector.counters.unparsed > 4000)
    }

    @Test func `queries on the port pass`() throws {
        var bench = Bench()
        try bench.arm("names: a.example.com\ndns: timeout")
        let query = try #require(
            DNS.Builder.query(try Answers.name("a.example.com"), .a, id: 1).encoded())
        #expect(bench.feed(try Answers.udp(query)).verdict == .accept)
    }
}
