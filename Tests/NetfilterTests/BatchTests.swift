import Testing

@testable import Netfilter

@Suite struct BatchTests {
    static func hex(_ bytes: [UInt8]) -> String {
        bytes.enumerated().map { offset, octet in
            (offset > 0 && offset % 4 == 0 ? " " : "") + (octet < 16 ? "0" : "")
                + String(octet, radix: 16)
        }.joined()
    }

    /// `nft create table inet brownout '{ flags owner; }'`
    @Test func createTable() throws {
        var batch = Batch(sequence: 1)
        batch.createTable("brownout", owned: true)
        let hex = Self.hex(try batch.bytes())
        let golden = """
            14000000 10000100 01000000 00000000 0000000a 2c000000 000a0106 02000000 00000000 \
            01000000 0d000100 62726f77 6e6f7574 00000000 08000200 00000002 14000000 11000500 \
            03000000 00000000 0000000a
            """
        #expect(hex == golden)
    }

    /// `nft add element inet brownout armed '{ udp timeout 3s }'`
    @Test func addElement() throws {
        var batch = Batch(sequence: 7)
        batch.addElements("brownout", "armed", [(key: [17], timeout: .seconds(3))])
        let hex = Self.hex(try batch.bytes())
        let golden = """
            14000000 10000100 07000000 00000000 0000000a 50000000 0c0a0104 08000000 00000000 \
            01000000 0a000200 61726d65 64000000 0d000100 62726f77 6e6f7574 00000000 20000380 \
            1c000180 0c000400 00000000 00000bb8 0c000180 05000100 11000000 14000000 11000500 \
            09000000 00000000 0000000a
            """
        #expect(hex == golden)
    }

    /// `nft add rule inet t c @th,0,16 53 queue flags bypass to 9`
    @Test func rule() throws {
        var batch = Batch(sequence: 1)
        batch.addRule(
            "t", "c", [.transportField(offset: 0), .equals([0, 53]), .queue(9, .native)])
        let hex = Self.hex(try batch.bytes())
        let golden = """
            14000000 10000100 01000000 00000000 0000000a b4000000 060a010c 02000000 00000000 \
            01000000 06000100 74000000 06000200 63000000 90000480 34000180 0c000100 7061796c \
            6f616400 24000280 08000100 00000001 08000200 00000002 08000300 00000000 08000400 \
            00000002 2c000180 08000100 636d7000 20000280 08000100 00000001 08000200 00000000 \
            0c000380 06000100 00350000 2c000180 0a000100 71756575 65000000 1c000280 06000100 \
            00090000 06000200 00010000 06000300 00010000 14000000 11000500 03000000 00000000 \
            0000000a
            """
        #expect(hex == golden)
    }

    @Test func tooLong() throws {
        var batch = Batch(sequence: 1)
        for _ in 0..<10_000 { batch.flushRules("brownout", "input") }
        let empty: [UInt8]? = try? batch.bytes()
        #expect(empty == nil)
    }

    @Test(
        arguments: [
            (.zero, 1), (.nanoseconds(1), 1), (.milliseconds(1), 1), (.microseconds(1_001), 2),
            (.seconds(3), 3_000), (.milliseconds(250), 250), (.seconds(-5), 1),
            (.seconds(Int64.max), 4_294_967_296_000),
        ] as [(Duration, UInt64)])
    func milliseconds(_ row: (duration: Duration, expected: UInt64)) {
        #expect(row.duration.kernelMilliseconds == row.expected)
    }
}
