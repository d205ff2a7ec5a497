extension DNS {
    /// What an OPT record says (RFC 6891 section 6.1).
    public struct EDNS: Equatable, Sendable {
        /// The largest UDP payload that the sender can take, in octets.
        public var udpSize: UInt16
        /// The upper 8 bits of the response code.
        public var upperCode: UInt8 = 0
        public var version: UInt8 = 0
        /// DO (RFC 3225).
        public var dnssecOK: Bool
        public var options: [Option]

        /// `udpSize` is by default what fits every path unfragmented (DNS flag day 2020).
        public init(udpSize: UInt16 = 1232, dnssecOK: Bool = false, options: [Option] = []) {
            self.udpSize = udpSize
            self.dnssecOK = dnssecOK
            self.options = options
        }

        public struct Option: Equatable, Sendable {
            public var code: UInt16
            public var value: [UInt8]

            public init(code: UInt16, value: [UInt8]) {
                self.code = code
                self.value = value
            }

            /// Padding of `size` octets, its code and length not counted (RFC 7830).
            public static func padding(_ size: Int) -> Option {
                Option(code: OptionCode.padding, value: [UInt8](repeating: 0, count: size))
            }
        }
    }
}
