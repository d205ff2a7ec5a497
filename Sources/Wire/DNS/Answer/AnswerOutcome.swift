extension DNS.Answer {
    /// How long the written message is to be, in octets. 65,535 is the most in either case.
    public enum Limit: Equatable, Sendable {
        /// As short as it comes out, and no longer than this.
        case atMost(Int)
        /// Padded to this length, for DNS over TCP, where sequence numbers must not move.
        case exactly(Int)
    }

    /// What writing came to.
    public enum Outcome: Equatable, Sendable {
        case written(leftOut: LeftOut)
        /// Nothing was written.
        case refused(Refusal)

        public var isWritten: Bool {
            if case .written = self { true } else { false }
        }
    }

    /// What there was no room for.
    public struct LeftOut: OptionSet, Equatable, Sendable {
        public var rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The SOA: caches take their own time for the answer.
        public static let soa = LeftOut(rawValue: 1)
        /// The extended error: there is no OPT record, or no room.
        public static let ede = LeftOut(rawValue: 2)
        /// All or some of the extended error's text.
        public static let edeText = LeftOut(rawValue: 4)
    }

    public enum Refusal: Equatable, Sendable {
        /// TSIG or SIG(0): a rewritten message would not verify.
        case signed
        /// The limit, or the output's capacity, is too small.
        case tooLong
        /// Some octets are left over that nothing can take up.
        case unpaddable
        /// The code has more bits than the answer has room for.
        case responseCode
        /// Nothing was loaded, or `source` is not what was loaded.
        case otherSource
    }
}
