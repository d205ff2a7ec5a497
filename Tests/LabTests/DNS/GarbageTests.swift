import Lab
import Testing
import Wire

/// Any bytes: an answer that parses, or silence, and never a trap.
struct GarbageTests {
    let zones: ZoneSet

    init() throws { zones = try .lab() }

    @Test func silence() throws {
        #expect(zones.answer([UInt8]()) == nil)
        let short = [UInt8](repeating: 0, count: 11)
        #expect(zones.answer(short, over: .tcp) == nil)
        let response = try query("sts.amazonaws.com") { $0.header.isResponse = true }
        #expect(zones.answer(response) == nil)
    }

    @Test func formatError() throws {
        let whole = try query("sts.amazonaws.com")
        for end in DNS.Header.size..<whole.count {
            let cut = Array(whole[..<end])
            let reply = try Reply(try #require(zones.answer(cut)))
            #expect(reply.responseCode == .formErr)
            #expect(reply.flags == "qr rd ra")
            #expect(reply.question == nil)
            #expect(reply.length == DNS.Header.size)
            #expect(reply.id == 0x1234)
        }
        let longer = whole + [0]
        let reply = try Reply(try #require(zones.answer(longer)))
        #expect(reply.responseCode == .formErr)
    }

    @Test func arbitraryBytes() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            try check(bytes, seed)
        }
    }

    @Test func queriesWithFlippedBytes() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let originals = [
            try query("orders.example.com"), try query("many.example.com", edns: nil),
            try query("x.lambda-url.us-west-2.on.aws", .https),
        ]
        for _ in 0..<3_000 {
            var bytes = originals[Int.random(in: 0..<3, using: &random)]
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = UInt8.random(in: .min ... .max, using: &random)
            }
            try check(bytes, seed)
        }
    }

    private func check(_ bytes: [UInt8], _ seed: UInt64) throws {
        guard let answer = zones.answer(bytes) else { return }
        #expect(answer.count <= 1232, "seed \(seed)")
        #expect(answer.prefix(2) == bytes.prefix(2), "seed \(seed)")
        #expect(throws: Never.self, "seed \(seed)") { try DNS.Message(parsing: answer.span) }
    }
}

/// Reproducible noise.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
