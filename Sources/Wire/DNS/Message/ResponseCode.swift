extension DNS {
    /// What a server says of a query: the header's 4 bits, with 8 more above them in an OPT record.
    public struct ResponseCode: RawRepresentable, Hashable, Sendable {
        public var rawValue: UInt16

        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        public static let noError = ResponseCode(rawValue: 0)
        public static let formErr = ResponseCode(rawValue: 1)
        public static let servFail = ResponseCode(rawValue: 2)
        public static let nxDomain = ResponseCode(rawValue: 3)
        public static let notImp = ResponseCode(rawValue: 4)
        public static let refused = ResponseCode(rawValue: 5)
        public static let yxDomain = ResponseCode(rawValue: 6)
        public static let yxRRSet = ResponseCode(rawValue: 7)
        public static let nxRRSet = ResponseCode(rawValue: 8)
        public static let notAuth = ResponseCode(rawValue: 9)
        public static let notZone = ResponseCode(rawValue: 10)
        public static let badVers = ResponseCode(rawValue: 16)
        public static let badCookie = ResponseCode(rawValue: 23)

        /// The largest code of the header alone, without an OPT record.
        public static let maximumWithoutOPT: UInt16 = 0xF
        /// The largest code there is: 4 + 8 bits (RFC 6891 section 6.1.3).
        public static let maximum: UInt16 = 0xFFF
    }
}

extension DNS.ResponseCode: LosslessStringConvertible {
    private static let names: [(text: String, code: DNS.ResponseCode)] = [
        ("NOERROR", .noError), ("FORMERR", .formErr), ("SERVFAIL", .servFail),
        ("NXDOMAIN", .nxDomain), ("NOTIMP", .notImp), ("REFUSED", .refused),
        ("YXDOMAIN", .yxDomain), ("YXRRSET", .yxRRSet), ("NXRRSET", .nxRRSet),
        ("NOTAUTH", .notAuth), ("NOTZONE", .notZone), ("BADVERS", .badVers),
        ("BADCOOKIE", .badCookie),
    ]

    /// Reads a mnemonic as dig prints it, `RCODE` and a number, or a number; at most 4095.
    public init?(_ text: String) {
        let text = text.uppercased()
        if let known = Self.names.first(where: { $0.text == text }) {
            self = known.code
            return
        }
        let digits = text.hasPrefix("RCODE") ? text.dropFirst(5) : Substring(text)
        guard let number = DNS.decimal(digits), number <= Self.maximum else { return nil }
        self.init(rawValue: number)
    }

    public var description: String {
        Self.names.first { $0.code == self }?.text ?? "RCODE\(rawValue)"
    }
}
