public import Spec
public import Wire

/// Whose connections a fault is about: a name or a network, perhaps with one port.
public struct NetHost: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
        /// The addresses that answers for these names hold.
        case name(NamePattern)
        /// An address or a network.
        case network(CIDR)
    }

    public var target: Target
    /// Nil: the fault's own ports.
    public var port: UInt16?

    public init(_ target: Target, port: UInt16? = nil) {
        self.target = target
        self.port = port
    }

    /// Reads `db.example.com`, `db.example.com:5432`, `10.0.0.9:80`, `10.0.0.0/8`, `2001:db8::9`,
    /// `[2001:db8::9]:80`.
    public init(parsing text: String) throws(ValueProblem) {
        var host = Substring(text)
        var port: Substring?
        if host.first == "[", let end = host.firstIndex(of: "]") {
            let rest = host[host.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw Self.problem(text) }
            port = rest.isEmpty ? nil : rest.dropFirst()
            host = host[host.index(after: host.startIndex)..<end]
        } else if let colon = host.lastIndex(of: ":"), host.firstIndex(of: ":") == colon {
            port = host[host.index(after: colon)...]
            host = host[..<colon]
        }
        if let port {
            guard let number = UInt16(port), number > 0 else { throw Self.problem(text) }
            self.port = number
        } else {
            self.port = nil
        }
        if let network = CIDR(String(host)) {
            target = .network(network)
            return
        }
        // Digits and dots are a slip in an address, not a name.
        guard host.contains(where: { $0.isLetter || $0 == "*" || $0 == "_" }), !host.contains(":"),
            !host.contains("/")
        else { throw Self.problem(text) }
        target = .name(try NamePattern(parsing: String(host)))
    }

    private static func problem(_ text: String) -> ValueProblem {
        ValueProblem(
            "\(text) is neither a name nor an address",
            hint: "write db.example.com:5432, 10.0.0.9, 10.0.0.0/8 or [2001:db8::9]:443")
    }

    /// Whether it covers so much of the Internet that it must be a slip.
    var isTooBroad: Bool {
        switch target {
        case .name(let pattern): pattern.isTooBroad
        // A /8 is the largest private network (RFC 1918), a /16 of IPv6 a registry's share.
        case .network(let network): network.prefix < (network.network.isV4 ? 8 : 16)
        }
    }
}

extension NetHost: CustomStringConvertible {
    public var description: String {
        switch target {
        case .name(let pattern): pattern.description + (port.map { ":\($0)" } ?? "")
        case .network(let network):
            network.network.isV4 || port == nil
                ? network.description + (port.map { ":\($0)" } ?? "")
                : "[\(network)]:\(port ?? 0)"
        }
    }
}
