extension DNS {
    /// The type of a record or a question, by IANA's number.
    public struct RecordType: RawRepresentable, Hashable, Sendable {
        public var rawValue: UInt16

        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        public static let a = RecordType(rawValue: 1)
        public static let ns = RecordType(rawValue: 2)
        public static let md = RecordType(rawValue: 3)
        public static let mf = RecordType(rawValue: 4)
        public static let cname = RecordType(rawValue: 5)
        public static let soa = RecordType(rawValue: 6)
        public static let mb = RecordType(rawValue: 7)
        public static let mg = RecordType(rawValue: 8)
        public static let mr = RecordType(rawValue: 9)
        public static let ptr = RecordType(rawValue: 12)
        public static let hinfo = RecordType(rawValue: 13)
        public static let minfo = RecordType(rawValue: 14)
        public static let mx = RecordType(rawValue: 15)
        public static let txt = RecordType(rawValue: 16)
        public static let rp = RecordType(rawValue: 17)
        public static let afsdb = RecordType(rawValue: 18)
        public static let rt = RecordType(rawValue: 21)
        public static let sig = RecordType(rawValue: 24)
        public static let px = RecordType(rawValue: 26)
        public static let aaaa = RecordType(rawValue: 28)
        public static let nxt = RecordType(rawValue: 30)
        public static let srv = RecordType(rawValue: 33)
        public static let naptr = RecordType(rawValue: 35)
        public static let kx = RecordType(rawValue: 36)
        public static let dname = RecordType(rawValue: 39)
        public static let opt = RecordType(rawValue: 41)
        public static let ds = RecordType(rawValue: 43)
        public static let rrsig = RecordType(rawValue: 46)
        public static let nsec = RecordType(rawValue: 47)
        public static let dnskey = RecordType(rawValue: 48)
        public static let nsec3 = RecordType(rawValue: 50)
        public static let svcb = RecordType(rawValue: 64)
        public static let https = RecordType(rawValue: 65)
        public static let tsig = RecordType(rawValue: 250)
        public static let ixfr = RecordType(rawValue: 251)
        public static let axfr = RecordType(rawValue: 252)
        public static let any = RecordType(rawValue: 255)
        public static let caa = RecordType(rawValue: 257)
        /// The first of the types for private use, 65280...65534 (RFC 6895 section 3.1).
        public static let privateUse = RecordType(rawValue: 65280)

        /// A or AAAA.
        public var isAddress: Bool { self == .a || self == .aaaa }
        /// SVCB or HTTPS, which share one form (RFC 9460).
        public var isServiceBinding: Bool { self == .svcb || self == .https }
    }
}

extension DNS.RecordType: LosslessStringConvertible {
    private static let names: [(text: String, type: DNS.RecordType)] = [
        ("A", .a), ("NS", .ns), ("MD", .md), ("MF", .mf), ("CNAME", .cname), ("SOA", .soa),
        ("MB", .mb), ("MG", .mg), ("MR", .mr), ("PTR", .ptr), ("HINFO", .hinfo), ("MINFO", .minfo),
        ("MX", .mx), ("TXT", .txt), ("RP", .rp), ("AFSDB", .afsdb), ("RT", .rt), ("SIG", .sig),
        ("PX", .px), ("AAAA", .aaaa), ("NXT", .nxt), ("SRV", .srv), ("NAPTR", .naptr), ("KX", .kx),
        ("DNAME", .dname), ("OPT", .opt), ("DS", .ds), ("RRSIG", .rrsig), ("NSEC", .nsec),
        ("DNSKEY", .dnskey), ("NSEC3", .nsec3), ("SVCB", .svcb), ("HTTPS", .https),
        ("TSIG", .tsig), ("IXFR", .ixfr), ("AXFR", .axfr), ("ANY", .any), ("CAA", .caa),
    ]

    /// Reads a mnemonic or `TYPE` and a number (RFC 3597 section 5), in any case.
    public init?(_ text: String) {
        let text = text.uppercased()
        if let known = Self.names.first(where: { $0.text == text }) {
            self = known.type
        } else if text.hasPrefix("TYPE"), let number = DNS.decimal(text.dropFirst(4)) {
            self.init(rawValue: number)
        } else {
            return nil
        }
    }

    public var description: String {
        Self.names.first { $0.type == self }?.text ?? "TYPE\(rawValue)"
    }
}

extension DNS {
    /// A number of 16 bits in decimal digits alone: no sign, no white space.
    static func decimal(_ text: Substring) -> UInt16? {
        text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            ? UInt16(text) : nil
    }
}
