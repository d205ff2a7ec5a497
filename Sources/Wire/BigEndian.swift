/// Reads in network byte order. The caller has checked that the octets are there.
extension Span<UInt8> {
    @inline(__always)
    func uint16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
    }

    @inline(__always)
    func uint32(at offset: Int) -> UInt32 {
        UInt32(uint16(at: offset)) << 16 | UInt32(uint16(at: offset + 2))
    }

    func uint128(at offset: Int) -> UInt128 {
        var value: UInt128 = 0
        for index in offset..<offset + 16 { value = value << 8 | UInt128(self[index]) }
        return value
    }
}
