public import Wire

/// `/etc/hosts` (hosts(5)): names that programs find without asking DNS.
public struct HostsFile: Equatable, Sendable {
    /// A line: an address, and its name and aliases in lower case.
    public struct Entry: Equatable, Sendable {
        public var address: IPAddress
        public var names: [String]
    }

    public var entries: [Entry] = []

    /// Lines that cannot be read are left out, as glibc does it. Blocklists have 200,000 of them: octets
    /// are looked at, not characters.
    public init(_ text: String) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.prefix { $0 != UInt8(ascii: "#") }.split {
                $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
            }
            // `fe80::1%eth0`: the scope is no part of the address.
            guard words.count > 1,
                let address = IPAddress(
                    String(Substring(words[0].prefix { $0 != UInt8(ascii: "%") })))
            else { continue }
            entries.append(
                Entry(
                    address: address,
                    names: words.dropFirst().map { Substring($0).lowercased() }))
        }
    }

    /// Every name with the first of its addresses.
    public var names: [String: IPAddress] {
        Dictionary(
            entries.flatMap { entry in entry.names.map { ($0, entry.address) } },
            uniquingKeysWith: { first, _ in first })
    }
}
