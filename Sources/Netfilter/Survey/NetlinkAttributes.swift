/// The attributes of one netlink message, or those nested in one attribute: pure, and safe on any octets.
///
/// Why not libnftnl: it ends the *process* when a message is not what it expects (`abi_breakage`, exit(3)), and it
/// refuses a whole rule for one expression that it does not know. Other people's rules may hold anything.
/// Numbers of nf_tables are in network order (nf_tables_api.c).
struct NetlinkAttributes: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// In order. struct nlattr: length with these 4 octets, type; then padding to 4 octets. What does
    /// not fit ends the list.
    mutating func next() -> (type: UInt16, value: ArraySlice<UInt8>)? {
        let start = rest.startIndex
        guard rest.count >= 4 else { return nil }
        let length = Int(Self.hostWord(rest, start))
        guard length >= 4, length <= rest.count else { return nil }
        // NLA_TYPE_MASK takes the flags "nested" and "network order" away.
        let type = Self.hostWord(rest, start + 2) & 0x3fff
        let value = rest[(start + 4)..<(start + length)]
        rest = rest.dropFirst((length + 3) & ~3)
        return (type, value)
    }

    /// The first attribute of a type, NFTA_….
    func octets<Key: RawRepresentable>(_ key: Key) -> ArraySlice<UInt8>?
    where Key.RawValue == UInt32 {
        first { UInt32($0.type) == key.rawValue }?.value
    }

    /// Empty if there is none.
    func nested<Key: RawRepresentable>(_ key: Key) -> NetlinkAttributes
    where Key.RawValue == UInt32 {
        NetlinkAttributes(octets(key) ?? [])
    }

    /// Of 1 to 8 octets.
    func number<Key: RawRepresentable>(_ key: Key) -> UInt64? where Key.RawValue == UInt32 {
        guard let octets = octets(key), (1...8).contains(octets.count) else { return nil }
        return octets.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Up to its zero.
    func text<Key: RawRepresentable>(_ key: Key) -> String? where Key.RawValue == UInt32 {
        octets(key).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    static func hostWord(_ octets: ArraySlice<UInt8>, _ at: Int) -> UInt16 {
        let (first, second) = (UInt16(octets[at]), UInt16(octets[at + 1]))
        #if _endian(little)
            return second << 8 | first
        #else
            return first << 8 | second
        #endif
    }
}
