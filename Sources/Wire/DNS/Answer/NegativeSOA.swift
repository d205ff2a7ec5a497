extension DNS {
    /// The SOA record that lets caches keep a negative answer (RFC 2308 section 3).
    public struct NegativeSOA: Equatable, Sendable {
        public enum Owner: Equatable, Sendable {
            /// The parent of the last name in the answer's chain.
            case parentOfLastName
            case zone(Name)
        }

        public var owner: Owner
        /// Seconds: the record's TTL and its MINIMUM, so that caches take this and no other time.
        public var ttl: UInt32

        public init(owner: Owner = .parentOfLastName, ttl: UInt32) {
            self.owner = owner
            self.ttl = ttl
        }
    }
}

extension DNS.NegativeSOA {
    /// `brownout.invalid.`: RNAME, and the parent of MNAME. RFC 2606 keeps `invalid` out of use.
    static let apex = DNS.Name("brownout.invalid") ?? .root

    /// The leftmost label of MNAME.
    static let server = Array("ns".utf8)

    /// The day of the incident.
    static let serial: UInt32 = 2_025_101_901
    /// REFRESH, RETRY and EXPIRE in seconds. Nobody transfers this zone: ordinary values.
    static let timers: [UInt32] = [1800, 900, 604_800]
}
