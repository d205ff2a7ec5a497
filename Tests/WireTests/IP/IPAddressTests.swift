import Testing
import Wire

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("10.0.0.9", "10.0.0.9"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
        ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("0:0:1::", "0:0:1::"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::FFFF:c000:201", "::ffff:192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ])
    func reads(text: String, canonical: String) {
        let address = IPAddress(text)
        #expect(address?.description == canonical)
        #expect(address.flatMap { IPAddress($0.description) } == address)
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "256.0.0.1", "01.2.3.4",
        "1.2.3.4 ", "+1.2.3.4", "0x1.2.3.4", "1..2.3", "1.2.3.0004",
        ":", ":::", "1:", ":1", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "g::", "::1%lo", "[::1]", "1::2:",
        "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::ffff:192.0.2.256", "1:::2",
        "::١",
    ])
    func refuses(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.0.3", true), ("128.0.0.1", false), ("10.0.0.1", false),
        ("::1", true), ("::2", false), ("::", false), ("::ffff:127.0.0.53", true),
        ("::ffff:10.0.0.1", false), ("::127.0.0.1", false),
    ])
    func loopback(text: String, expected: Bool) {
        #expect(address(text).isLoopback == expected)
    }

    @Test(arguments: seeds)
    func readsBackWhatItPrints(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            // Zero groups, often, for the sake of `::`.
            var value: UInt128 = 0
            for _ in 0..<8 {
                let group = UInt16.random(in: 0...UInt16.max, using: &random)
                value = value << 16 | (Bool.random(using: &random) ? 0 : UInt128(group))
            }
            let address = IPAddress.v6(value)
            #expect(IPAddress(address.description) == address, "seed \(seed)")
        }
    }
}
