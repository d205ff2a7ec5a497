extension DNS {
    /// SVCB and HTTPS (RFC 9460 section 2.2). Priority 0 is an alias.
    public struct ServiceBinding: Equatable, Sendable {
        public var priority: UInt16
        public var target: Name
        /// Written in this order; RFC 9460 wants ascending keys.
        public var parameters: [ServiceParameter]

        public init(priority: UInt16, target: Name, parameters: [ServiceParameter] = []) {
            self.priority = priority
            self.target = target
            self.parameters = parameters
        }
    }

    /// One parameter: a key and its value in wire form.
    public struct ServiceParameter: Equatable, Sendable {
        public var key: UInt16
        public var value: [UInt8]

        public init(key: UInt16, value: [UInt8]) {
            self.key = key
            self.value = value
        }

        /// Keys without which the record must not be used.
        public static func mandatory(_ keys: [UInt16]) -> ServiceParameter {
            ServiceParameter(key: ServiceKey.mandatory, value: keys.flatMap(octets))
        }

        /// Protocols such as `h2`, of at most 255 octets each; what is longer is cut.
        public static func alpn(_ protocols: [String]) -> ServiceParameter {
            ServiceParameter(
                key: ServiceKey.alpn, value: protocols.flatMap(CharacterString.octets))
        }

        public static func port(_ port: UInt16) -> ServiceParameter {
            ServiceParameter(key: ServiceKey.port, value: octets(port))
        }

        public static func ipv4hint(_ addresses: [UInt32]) -> ServiceParameter {
            ServiceParameter(
                key: ServiceKey.ipv4hint,
                value: addresses.flatMap { address in
                    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address >> $0) }
                })
        }

        public static func ipv6hint(_ addresses: [UInt128]) -> ServiceParameter {
            ServiceParameter(
                key: ServiceKey.ipv6hint,
                value: addresses.flatMap { address in
                    stride(from: 120, through: 0, by: -8).map {
                        UInt8(truncatingIfNeeded: address >> UInt128($0))
                    }
                })
        }

        private static func octets(_ value: UInt16) -> [UInt8] {
            [UInt8(value >> 8), UInt8(value & 0xFF)]
        }
    }

    /// Keys of parameters (RFC 9460 section 14.3.2).
    public enum ServiceKey {
        public static let mandatory: UInt16 = 0
        public static let alpn: UInt16 = 1
        public static let noDefaultALPN: UInt16 = 2
        public static let port: UInt16 = 3
        public static let ipv4hint: UInt16 = 4
        public static let ech: UInt16 = 5
        public static let ipv6hint: UInt16 = 6
    }

    /// A length octet and as many octets (RFC 1035 section 3.3).
    enum CharacterString {
        static func octets(_ text: String) -> [UInt8] {
            let octets = Array(text.utf8.prefix(255))
            return [UInt8(truncatingIfNeeded: octets.count)] + octets
        }
    }
}
