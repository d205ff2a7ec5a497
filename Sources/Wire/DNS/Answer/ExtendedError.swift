extension DNS {
    /// An extended DNS error (RFC 8914): tells people why an answer is what it is.
    public struct ExtendedError: Equatable, Sendable {
        public var code: UInt16
        /// UTF-8, not terminated.
        public var text: [UInt8]

        public init(code: UInt16, text: String) {
            self.code = code
            self.text = Array(text.utf8)
        }

        /// "Forged Answer": the resolver's policy made the answer up (RFC 8914 section 4.5).
        public static let forgedAnswer: UInt16 = 4
    }
}

extension DNS.ExtendedError {
    /// Octets of the option without a text: code, length and INFO-CODE, 2 octets each.
    static let fixedSize = 6

    /// The longest prefix of the text of at most `limit` octets that cuts no character in two.
    func textPrefix(atMost limit: Int) -> Int {
        guard limit < text.count else { return text.count }
        var end = max(0, limit)
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
