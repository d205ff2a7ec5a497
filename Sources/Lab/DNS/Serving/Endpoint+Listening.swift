public import Wire

extension Endpoint {
    /// Reads `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`, as a `--listen` flag has it.
    ///
    /// An IPv6 address with a port needs the brackets; a host name is not an address. The port is 53
    /// unless given; 0 asks the kernel for a free one.
    public init?(listening text: String) {
        if let address = IPAddress(text) {
            self.init(address, port: Self.dnsPort)
            return
        }
        var host = Substring(text)
        var port = Self.dnsPort
        if let colon = text.lastIndex(of: ":"), text.last != "]" {
            let digits = text[text.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = UInt16(digits)
            else { return nil }
            port = value
            host = text[..<colon]
        }
        let bracketed = host.first == "[" && host.last == "]"
        if bracketed { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(String(host)), address.isV4 != bracketed else { return nil }
        self.init(address, port: port)
    }

    private static let dnsPort: UInt16 = 53
}
