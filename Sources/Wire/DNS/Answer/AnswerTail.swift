extension DNS {
    /// How the octets after the records are spent: on the extended error, and on padding.
    struct AnswerTail: Equatable {
        /// Octets of the extended error's text that are written; nil: no such option.
        var errorText: Int?
        /// Spaces after that text, where fewer octets are left than padding needs.
        var spaces = 0
        /// Octets of padding inside an EDNS option, or inside a private-use record without EDNS.
        var padding: Int?

        /// What a number of octets is good for.
        enum Fit: Equatable {
            case fits(AnswerTail)
            /// This many octets are left over, too few for padding: names must take them.
            case odd(Int)
            case tooLong
        }

        /// An option without its value: code and length.
        static let optionOverhead = 4
        /// A record without its data: root owner (1) and `Record.fixedSize`.
        static let recordOverhead = 1 + Record.fixedSize

        /// Spends `room` octets; all of them if `exactly`.
        static func spend(
            _ room: Int, hasOPT: Bool, error: ExtendedError?, exactly: Bool
        ) -> Fit {
            guard room >= 0 else { return .tooLong }
            var tail = AnswerTail()
            var rest = room
            if hasOPT, let error, rest >= ExtendedError.fixedSize {
                let text = error.textPrefix(atMost: rest - ExtendedError.fixedSize)
                tail.errorText = text
                rest -= ExtendedError.fixedSize + text
            }
            guard exactly, rest > 0 else { return .fits(tail) }
            let overhead = hasOPT ? optionOverhead : recordOverhead
            if rest >= overhead {
                tail.padding = rest - overhead
            } else if tail.errorText != nil {
                tail.spaces = rest
            } else {
                return .odd(rest)
            }
            return .fits(tail)
        }
    }
}
