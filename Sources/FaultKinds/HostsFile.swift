public import Wire

/// `/etc/hosts` (hosts(5)): names that programs find without asking DNS.
public struct HostsFile: Equatable, Sendable {
    /// A line: an address, and its name and aliases in lower case.
    public struct Entry: Equatable, Sendable {
        public var address: IPAddress
        public var names: [String]
    }

    public var entries: [Entry] = []

    /// Lines that cannot be read are left out, as glibc does it.
    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            // `fe80::1%eth0`: the scope is no part of the address.
            guard words.count > 1, let first = words.first,
                let address = IPAddress(String(first.prefix { $0 != "%" }))
            else { continue }
            entries.append(
                Entry(address: address, names: words.dropFirst().map { $0.lowercased() }))
        }
    }

    /// Every name with the first of its addresses.
    public var names: [String: IPAddress] {
        Dictionary(
            entries.flatMap { entry in entry.names.map { ($0, entry.address) } },
            uniquingKeysWith: { first, _ in first })
    }
}
