import Testing
import Wire

@Suite struct WriterTests {
    @Test func appendsInNetworkOrder() {
        var out = Writer(capacity: 64)
        out.append(UInt8(1))
        out.append(UInt16(0x0203))
        out.append(UInt32(0x0405_0607))
        out.append(address("8.9.10.11"))
        out.append(address("c0d:e0f:1011:1213:1415:1617:1819:1a1b"))
        out.append(repeating: 0x1C, count: 2)
        #expect(out.bytes == Array(1...0x1C) + [0x1C])
        #expect(!out.overflowed)
        #expect(out.withSpan { $0.count } == out.count)
    }

    @Test func patchesInPlace() {
        var out = Writer(capacity: 8)
        out.append(repeating: 0, count: 7)
        out.patch(UInt8(9), at: 0)
        out.patch(UInt16(0x0102), at: 1)
        out.patch(UInt32(0x0304_0506), at: 3)
        #expect(out.bytes == [9, 1, 2, 3, 4, 5, 6])
        out.patch(UInt8(7), at: 7)
        out.patch(UInt16(7), at: 6)
        out.patch(UInt32(7), at: -1)
        #expect(out.bytes == [9, 1, 2, 3, 4, 5, 6])
    }

    @Test(arguments: 0..<12)
    func leavesOutWhatDoesNotFit(capacity: Int) {
        var out = Writer(capacity: capacity)
        out.append(UInt32(1))
        out.append([2, 3, 4])
        out.append(UInt16(5))
        out.append(UInt8(6))
        let expected =
            capacity < 4 ? 0 : capacity < 7 ? 4 : capacity < 9 ? 7 : capacity < 10 ? 9 : 10
        #expect(out.count == expected)
        #expect(out.overflowed == (capacity < 10))
        out.truncate(to: 2)
        #expect(!out.overflowed && out.count == min(2, expected))
        out.reset()
        #expect(out.bytes.isEmpty)
    }

    @Test func staysOverflowedUntilTruncated() {
        var out = Writer(capacity: 3)
        out.append(UInt32(1))
        out.append(UInt8(1))
        #expect(out.overflowed && out.count == 0)
        out.truncate(to: 9)
        #expect(!out.overflowed)
        out.append(UInt8(1))
        #expect(!out.overflowed && out.bytes == [1])
    }

    /// Whoever patches what did not fit must not hit what was there before.
    @Test func patchesNothingAfterAnOverflow() {
        var out = Writer(capacity: 4)
        out.append(UInt32(0x0102_0304))
        out.append(UInt8(5))
        out.patch(UInt8(9), at: 0)
        out.patch(UInt16(9), at: 0)
        out.patch(UInt32(9), at: 0)
        #expect(out.bytes == [1, 2, 3, 4])
    }

    @Test(arguments: [-1..<1, 0..<5, 4..<5, 5..<5])
    func refusesARangeOutsideItsBytes(range: Range<Int>) {
        var out = Writer(capacity: 8)
        let bytes: [UInt8] = [1, 2, 3, 4]
        out.append(bytes.span, range)
        #expect(out.overflowed && out.count == 0)
    }

    @Test func readsOutsideAsZero() {
        var out = Writer(capacity: -4)
        out.append(UInt8(1))
        #expect(out.capacity == 0 && out.overflowed)
        #expect(out[0] == 0 && out[-1] == 0)
    }
}
