/// The set of keys as the program sees it, a Bloom filter: each key is two bits of one word. A key
/// that is in the set is always found; one that is not rarely is (one in 10,000 with 1,000 keys).
enum NameBits {
    static let wordBits = 12
    /// Words of 64 bits.
    static let words = 1 << wordBits
    static let octets = UInt32(words * 8)

    /// Which bits of a key's number say what: the upper ones depend on all octets of a name.
    static let wordShift: Int32 = 64 - Int32(wordBits)
    static let firstShift = wordShift - 6
    static let secondShift = firstShift - 6

    static func word(of key: NameKey) -> Int { Int(key.hash >> UInt64(wordShift)) }

    static func mask(of key: NameKey) -> UInt64 {
        1 << (key.hash >> UInt64(firstShift) & 63) | 1 << (key.hash >> UInt64(secondShift) & 63)
    }
}
