extension DNS {
    /// The data of a record, as owned values.
    public enum RecordData: Equatable, Sendable {
        case a(UInt32)
        case aaaa(UInt128)
        case cname(Name)
        case dname(Name)
        case ns(Name)
        case ptr(Name)
        case soa(StartOfAuthority)
        case mx(preference: UInt16, Name)
        case srv(priority: UInt16, weight: UInt16, port: UInt16, Name)
        /// Character strings of at most 255 octets each; what is longer is cut.
        case txt([String])
        case svcb(ServiceBinding)
        case https(ServiceBinding)
        case tsig(TransactionSignature)
        /// Any type, octet by octet, as in RFC 3597.
        case opaque(RecordType, [UInt8])

        /// A or AAAA, as the address is.
        public static func address(_ address: IPAddress) -> RecordData {
            switch address {
            case .v4(let value): .a(value)
            case .v6(let value): .aaaa(value)
            }
        }

        public var type: RecordType {
            switch self {
            case .a: .a
            case .aaaa: .aaaa
            case .cname: .cname
            case .dname: .dname
            case .ns: .ns
            case .ptr: .ptr
            case .soa: .soa
            case .mx: .mx
            case .srv: .srv
            case .txt: .txt
            case .svcb: .svcb
            case .https: .https
            case .tsig: .tsig
            case .opaque(let type, _): type
            }
        }
    }

    /// SOA (RFC 1035 section 3.3.13).
    public struct StartOfAuthority: Equatable, Sendable {
        public var primary: Name
        public var mailbox: Name
        public var serial: UInt32
        /// Seconds, as are the next three.
        public var refresh: UInt32
        public var retry: UInt32
        public var expire: UInt32
        public var minimum: UInt32

        public init(
            primary: Name, mailbox: Name, serial: UInt32 = 1, refresh: UInt32 = 1800,
            retry: UInt32 = 900, expire: UInt32 = 604_800, minimum: UInt32 = 60
        ) {
            self.primary = primary
            self.mailbox = mailbox
            self.serial = serial
            self.refresh = refresh
            self.retry = retry
            self.expire = expire
            self.minimum = minimum
        }
    }

    /// TSIG (RFC 8945 section 4.2).
    public struct TransactionSignature: Equatable, Sendable {
        public var algorithm: Name
        /// Seconds since 1970; 48 bits are written.
        public var timeSigned: UInt64
        /// Seconds.
        public var fudge: UInt16
        public var mac: [UInt8]
        public var originalID: UInt16
        public var error: UInt16

        public init(
            algorithm: Name, timeSigned: UInt64, fudge: UInt16 = 300, mac: [UInt8],
            originalID: UInt16, error: UInt16 = 0
        ) {
            self.algorithm = algorithm
            self.timeSigned = timeSigned
            self.fudge = fudge
            self.mac = mac
            self.originalID = originalID
            self.error = error
        }
    }
}
