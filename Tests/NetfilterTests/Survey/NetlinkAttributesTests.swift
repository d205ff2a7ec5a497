import Testing

@testable import Netfilter

@Suite struct NetlinkAttributesTests {
    enum Key: UInt32 {
        case one = 1
        case two = 2
    }

    @Test func reads() {
        let attributes = NetlinkAttributes([
            // A number of 4 octets, flagged as in network order; a text of 3, padded; a nest with a number.
            8, 0, 1, 0x40, 0, 0, 0x14, 0xe9,
            7, 0, 2, 0, 97, 98, 0, 0xff,
            12, 0, 3, 0x80, 8, 0, 1, 0, 0, 0, 0, 53,
        ])
        let all = Array(attributes)
        #expect(all.map(\.type) == [1, 2, 3])
        #expect(attributes.number(Key.one) == 5_353)
        #expect(attributes.text(Key.two) == "ab")
        #expect(NetlinkAttributes(all[2].value).number(Key.one) == 53)
        #expect(attributes.nested(Key.two).number(Key.one) == nil)
    }

    @Test(
        arguments: [
            [], [1], [3, 0, 1, 0], [0, 0, 0, 0], [9, 0, 1, 0, 0, 0, 0, 0], [0xff, 0xff, 1, 0],
        ] as [[UInt8]])
    func whatDoesNotFitEnds(bytes: [UInt8]) {
        #expect(Array(NetlinkAttributes(bytes[...])).isEmpty)
    }

    @Test func messages() {
        let done: [UInt8] = [
            20, 0, 0, 0, 3, 0, 2, 0, 7, 0, 0, 0, 9, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff,
        ]
        let messages = Array(NetlinkMessages(done + done + [20, 0, 0]))
        #expect(messages.map(\.type) == [3, 3] && messages.map(\.sequence) == [7, 7])
        #expect(messages[0].errorCode == 2 && !messages[0].isInterrupted)
        #expect(Array(NetlinkMessages([15, 0, 0, 0] + done)).isEmpty)
    }

    /// Other people's rules may hold anything: nothing traps.
    @Test func arbitraryOctets() {
        let seed: UInt64 = 53
        var random = Xorshift(state: seed)
        for round in 0..<20_000 {
            var bytes = (0..<Int(random.next() % 96)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            // Likely lengths and types, or little is ever read.
            for at in stride(from: 0, to: bytes.count, by: 4) where random.next() % 2 == 0 {
                bytes[at] = UInt8(truncatingIfNeeded: 4 + random.next() % 24)
                if at + 1 < bytes.count { bytes[at + 1] = 0 }
                if at + 2 < bytes.count {
                    bytes[at + 2] = UInt8(truncatingIfNeeded: random.next() % 9)
                }
                if at + 3 < bytes.count { bytes[at + 3] = 0 }
            }
            for message in NetlinkMessages(bytes) { _ = message.body.map { Array($0.attributes) } }
            for name in [
                "meta", "payload", "cmp", "immediate", "bitwise", "lookup", "range", "ct", "match",
                "target", "queue",
            ] {
                // NFTA_EXPR_NAME, NFTA_EXPR_DATA.
                let text = Array(name.utf8) + Array(repeating: 0, count: 12 - name.utf8.count)
                let expression = [16, 0, 1, 0] + text + [UInt8(bytes.count + 4), 0, 2, 0] + bytes
                _ = RuleTerm(NetlinkAttributes(expression[...]))
            }
            if round == 0 { #expect(bytes.count < 96, "seed \(seed)") }
        }
    }

    private struct Xorshift {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}
