/// The Internet checksum (RFC 1071): a sum of 16-bit words in ones' complement.
struct Checksum {
    /// Not folded. 64 bits hold 2^48 words, more than any packet has.
    private var sum: UInt64 = 0

    /// Adds octets, as words from the first of them on; an odd last one is padded with a zero.
    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let part = bytes.extracting(range)
        // One plain loop over octets, for that is what the compiler vectorises.
        for index in part.indices {
            sum &+= UInt64(part[index]) << (index & 1 == 0 ? 8 : 0)
        }
    }

    mutating func add(_ address: IPAddress) {
        switch address {
        case .v4(let value): add(value)
        case .v6(let value):
            for shift in stride(from: 0, to: 128, by: 32) {
                add(UInt32(truncatingIfNeeded: value >> UInt128(shift)))
            }
        }
    }

    mutating func add(_ value: UInt32) {
        sum &+= UInt64(value >> 16) &+ UInt64(value & 0xFFFF)
    }

    /// The value for the header field. Over data that holds a right checksum it is 0.
    var value: UInt16 {
        var folded = sum
        while folded > 0xFFFF { folded = folded >> 16 &+ folded & 0xFFFF }
        return ~UInt16(truncatingIfNeeded: folded)
    }
}
