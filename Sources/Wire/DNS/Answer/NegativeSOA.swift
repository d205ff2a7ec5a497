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
    /// What its MNAME and RNAME are.
    enum Naming: Equatable {
        /// Under `brownout.invalid.`, so that people see where it is from.
        case named
        /// The root, one octet each, where there is no room for more.
        case root
    }

    /// The leftmost label of MNAME, `ns.brownout.invalid.` It may be stretched to fill a message.
    static let server = Array("ns".utf8)

    /// `brownout.invalid.`: RNAME, and the rest of MNAME. RFC 2606 keeps `invalid` out of use.
    static let apex: [UInt8] = [8] + Array("brownout".utf8) + [7] + Array("invalid".utf8) + [0]

    /// SERIAL, the day of the incident; then REFRESH, RETRY and EXPIRE, 30 minutes, 15 minutes and
    /// a week: ordinary values, for nobody transfers this zone.
    static let numbers: [UInt8] = [2_025_101_901, 1800, 900, 604_800].flatMap { (value: UInt32) in
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
