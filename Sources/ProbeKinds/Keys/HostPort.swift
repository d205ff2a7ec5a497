import Spec

/// A host, by name or address, and a port.
struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// Without brackets.
    var host: String
    var port: Int

    var isV6: Bool { host.contains(":") }

    var description: String { isV6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Reads `HOST:PORT` or `[ADDRESS]:PORT`; without a port it is `port`, where there is one.
    init(parsing text: String, port defaultPort: Int? = nil) throws(ValueProblem) {
        let usual =
            defaultPort.map { "write host, host:\($0) or [::1]:\($0)" }
            ?? "write host:443 or [::1]:443"
        let wrong = ValueProblem("\"\(text.prefix(60))\" is not a host and a port", hint: usual)
        var host = Substring(text)
        var port: Int?
        let colons = text.count { $0 == ":" }
        if text.hasPrefix("[") {
            guard let end = text.lastIndex(of: "]") else { throw wrong }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard host.contains(":"), rest.isEmpty || rest.hasPrefix(":") else { throw wrong }
            if !rest.isEmpty { port = try Self.port(rest.dropFirst(), else: wrong) }
        } else if colons == 1, let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = try Self.port(text[text.index(after: colon)...], else: wrong)
        } else if colons > 1, defaultPort == nil {
            throw wrong
        }
        let legal = host.utf8.allSatisfy {
            $0 > 0x20 && $0 != 0x7F && !"/@?#[]\"\\".utf8.contains($0)
        }
        guard !host.isEmpty, host.utf8.count <= 255, legal else { throw wrong }
        guard let port = port ?? defaultPort else {
            throw ValueProblem("\"\(text.prefix(60))\" has no port", hint: usual)
        }
        self.host = String(host)
        self.port = port
    }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    private static func port(
        _ digits: Substring, else wrong: ValueProblem
    ) throws(ValueProblem) -> Int {
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65535).contains(port)
        else { throw wrong }
        return port
    }
}
