public import Wire

/// A zone being written down as text, as in a master file.
///
/// Names are relative to the apex unless they end in a dot; `@` is the apex. What cannot be read is
/// remembered, and `zone()` throws the first of it.
public struct ZoneDraft: Sendable {
    private let apex: DNS.Name
    private var records: [ZoneRecord] = []
    private var error: ZoneError?

    /// Begins with the SOA and one NS with its addresses.
    ///
    /// `minimum` is for how many seconds caches may keep an answer without addresses.
    public init(_ apex: String, minimum: UInt32 = 60) {
        let name = DNS.Name(apex)
        self.apex = name ?? .root
        if name == nil { error = ZoneError(record: apex, problem: .unreadable) }
        guard let server = read(Self.server), let mailbox = read("hostmaster") else { return }
        let soa = DNS.StartOfAuthority(
            primary: server, mailbox: mailbox, refresh: 7200, expire: 1_209_600, minimum: minimum)
        records.append(ZoneRecord(self.apex, ttl: 60, .soa(soa)))
        records.append(ZoneRecord(self.apex, ttl: 60, .ns(server)))
        addresses(Self.server, ttl: 60, ["192.0.2.53", "2001:db8::53"])
    }

    /// The zone's name server, below its apex.
    private static let server = "ns-1"

    /// The finished zone.
    public func zone() throws(ZoneError) -> Zone {
        if let error { throw error }
        return try Zone(apex: apex, records: records)
    }
}

// MARK: - Records

extension ZoneDraft {
    /// A and AAAA records, as the addresses are.
    public mutating func addresses(_ name: String, ttl: UInt32, _ list: [String]) {
        for text in list {
            guard let address = IPAddress(text) else {
                fail(text)
                continue
            }
            add(name, ttl: ttl, .address(address))
        }
    }

    /// A CNAME.
    public mutating func alias(_ name: String, ttl: UInt32, to target: String) {
        guard let target = read(target) else { return }
        add(name, ttl: ttl, .cname(target))
    }

    /// An HTTPS record of priority 1 for the name itself, HTTP/2, with the addresses as hints
    /// (RFC 9460 section 7.3).
    public mutating func https(_ name: String, ttl: UInt32, hints: [String]) {
        var v4: [UInt32] = []
        var v6: [UInt128] = []
        for text in hints {
            switch IPAddress(text) {
            case .v4(let value): v4.append(value)
            case .v6(let value): v6.append(value)
            case nil: fail(text)
            }
        }
        var parameters: [DNS.ServiceParameter] = [.alpn(["h2"])]
        if !v4.isEmpty { parameters.append(.ipv4hint(v4)) }
        if !v6.isEmpty { parameters.append(.ipv6hint(v6)) }
        add(
            name, ttl: ttl,
            .https(DNS.ServiceBinding(priority: 1, target: .root, parameters: parameters)))
    }

    /// A TXT record; each string is cut at 255 octets.
    public mutating func text(_ name: String, ttl: UInt32, _ strings: [String]) {
        add(name, ttl: ttl, .txt(strings))
    }

    /// Any record.
    public mutating func add(_ name: String, ttl: UInt32, _ data: DNS.RecordData) {
        guard let owner = read(name) else { return }
        records.append(ZoneRecord(owner, ttl: ttl, data))
    }

    private mutating func read(_ text: String) -> DNS.Name? {
        if text == "@" { return apex }
        let whole = text.hasSuffix(".") || apex.isRoot ? text : "\(text).\(apex)"
        guard let name = DNS.Name(whole) else {
            fail(text)
            return nil
        }
        return name
    }

    private mutating func fail(_ text: String) {
        if error == nil { error = ZoneError(record: text, problem: .unreadable) }
    }
}
