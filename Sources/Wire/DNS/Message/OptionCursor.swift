extension DNS {
    /// Steps over a list of options in RDATA: 16 bits of code, 16 of length, and the value.
    ///
    /// EDNS options (RFC 6891 section 6.1.2) and SVCB parameters (RFC 9460 section 2.2) are such
    /// lists.
    public struct OptionCursor: Equatable, Sendable {
        private var rest: Range<Int>

        /// The options in `rdata`: of an OPT record, all of it.
        public init(_ rdata: Range<Int>) {
            rest = rdata
        }

        /// One option, as offsets into the message.
        public struct Option: Equatable, Sendable {
            public let code: UInt16
            public let value: Range<Int>
            /// Code, length and value.
            public var whole: Range<Int> { value.lowerBound - 4..<value.upperBound }
        }

        /// The next option; nil after the last, or where the list is broken.
        public mutating func next(in bytes: Span<UInt8>) -> Option? {
            let start = rest.lowerBound + 4
            guard rest.upperBound <= bytes.count, start <= rest.upperBound else { return nil }
            let end = start + Int(bytes.uint16(at: start - 2))
            guard end <= rest.upperBound else { return nil }
            rest = end..<rest.upperBound
            return Option(code: bytes.uint16(at: start - 4), value: start..<end)
        }

        /// Throws unless options fill `rdata` to its end.
        static func check(_ rdata: Range<Int>, in bytes: Span<UInt8>) throws(WireError) {
            var cursor = OptionCursor(rdata)
            while cursor.next(in: bytes) != nil {}
            guard cursor.rest.isEmpty else {
                throw WireError(offset: cursor.rest.lowerBound, problem: .recordData)
            }
        }
    }
}

extension DNS {
    /// Codes of EDNS options (IANA's registry).
    public enum OptionCode {
        /// RFC 7873
        public static let cookie: UInt16 = 10
        /// RFC 7830
        public static let padding: UInt16 = 12
        /// RFC 8914
        public static let extendedError: UInt16 = 15
    }
}
