import Spec

/// The `host:port` of a probe's key.
public struct Server: Hashable, Sendable {
    var address = HostPort(host: "", port: 0)

    public init() {}
}

extension ProbeKey {
    /// A `host:port` that must be given.
    static func server(_ name: String, _ property: Property<Server>) -> Self {
        value(
            name, property, .text, expected: "a host and a port", required: true
        ) { (text) throws(ValueProblem) in
            var server = Server()
            server.address = try HostPort(parsing: text)
            return server
        }
    }
}
