public import Wire

/// One record of a zone, class IN.
public struct ZoneRecord: Equatable, Sendable {
    /// The owner; a leftmost label `*` makes it a wildcard (RFC 4592).
    public var name: DNS.Name
    /// Seconds.
    public var ttl: UInt32
    public var data: DNS.RecordData

    public init(_ name: DNS.Name, ttl: UInt32, _ data: DNS.RecordData) {
        self.name = name
        self.ttl = ttl
        self.data = data
    }

    public var type: DNS.RecordType { data.type }

    /// The same record at another name: what a wildcard becomes in an answer.
    func owned(by name: DNS.Name) -> ZoneRecord {
        ZoneRecord(name, ttl: ttl, data)
    }
}
