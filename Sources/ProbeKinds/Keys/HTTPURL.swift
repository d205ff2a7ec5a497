public import Spec

/// The `http` or `https` URL of a probe: where to connect, and what to ask for.
public struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    var isSecure: Bool
    var server: HostPort
    /// The path and the query, as the request line has them.
    var target: String

    /// What the Host header says: the port only where it is not the scheme's own.
    var authority: String {
        let host = server.isV6 ? "[\(server.host)]" : server.host
        return server.port == (isSecure ? 443 : 80) ? host : "\(host):\(server.port)"
    }

    public var description: String {
        "\(isSecure ? "https" : "http")://\(authority)\(target)"
    }

    public init(parsing text: String) throws(ValueProblem) {
        let hint = "write http://host:port/path, or https"
        let wrong = ValueProblem("\"\(text.prefix(60))\" is not an http or https URL", hint: hint)
        let lower = text.lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { throw wrong }
        isSecure = lower.hasPrefix("https://")
        var rest = text.dropFirst(isSecure ? 8 : 7)
        // A fragment is for browsers and never sent (RFC 3986 section 3.5).
        rest = rest.prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count)
        guard !authority.contains("@") else {
            throw ValueProblem(
                "a URL with a user or a password",
                hint: "write `headers: {Authorization: …}` instead")
        }
        guard !authority.isEmpty, path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw wrong
        }
        do throws(ValueProblem) {
            server = try HostPort(parsing: String(authority), port: isSecure ? 443 : 80)
        } catch {
            throw wrong
        }
        target = path.hasPrefix("/") ? String(path) : "/\(path)"
    }
}
