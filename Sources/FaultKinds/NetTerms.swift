public import Spec
import Wire

/// The half of a ``Fault`` that is about connections: what happens, and to which of them.
public struct NetTerms: Sendable {
    /// Who opened the connection.
    public enum Direction: String, CaseIterable, Sendable {
        /// This host, or a container or VM behind it, to the hosts named.
        case outbound
        /// Somebody, to a port of this host.
        case inbound
    }

    public enum Connections: String, CaseIterable, Sendable {
        case all
        /// Those that begin while the fault is armed; the others go on.
        case new
    }

    public var effects: [any NetEffect]
    /// The fault's names, and `hosts`. Empty: everybody, at the fault's ports.
    public var hosts: [NetHost]
    /// Of the hosts; where `inbound`, of this host. Empty: all.
    public var ports: [PortRange]
    public var direction: Direction
    public var connections: Connections
    /// Connections that are open when the fault begins to act are closed, and those to an address that it
    /// learns later, then.
    public var kill: Bool
    /// Only connections whose first octets ask for one of the names, and begin while it is armed.
    public var sni: Bool

    /// The patterns among the hosts, each with its port.
    public var names: [(pattern: NamePattern, port: UInt16?)] {
        hosts.compactMap { host in
            guard case .name(let pattern) = host.target else { return nil }
            return (pattern, host.port)
        }
    }

    /// What would match nearly everything, in the words of the file.
    public var tooBroad: [String] {
        let broad = hosts.filter(\.isTooBroad).map(\.description)
        guard hosts.isEmpty || !broad.isEmpty else { return [] }
        let named = ports.reduce(0) { $0 + $1.ports.count }
        // Everybody, at a few ports (853, 443), is what some faults are about.
        if hosts.isEmpty, (1...Self.mostPorts).contains(named) { return [] }
        return hosts.isEmpty ? ["every connection"] : broad
    }

    /// Beyond it "everybody at these ports" is "everything".
    public static let mostPorts = 16

    /// Reads the keys of a fault that are about connections.
    init(
        _ fields: inout Fields, effects: [any NetEffect], names: [NamePattern]
    ) throws(SpecError) {
        self.effects = effects
        let hosts =
            try fields.list("hosts", expected: "a host") { (text) throws(ValueProblem) in
                try NetHost(parsing: text)
            } ?? []
        self.hosts = names.map { NetHost(.name($0)) } + hosts
        ports =
            try fields.list("ports", expected: "a port") { (text) throws(ValueProblem) in
                try PortRange(parsing: text)
            } ?? []
        direction = try fields.choice("direction", of: Direction.self) ?? .outbound
        connections = try fields.choice("connections", of: Connections.self) ?? .all
        kill = try fields.bool("kill") ?? false
        sni = try fields.bool("sni") ?? false
        if self.hosts.isEmpty, ports.isEmpty {
            throw fields.missing("hosts")
        }
        if sni, self.names.isEmpty {
            throw fields.error(
                "sni", "there is no name that a connection could ask for",
                hint: "write `names`; addresses in `hosts` say where else to look")
        }
        if sni, kill {
            throw fields.error(
                "kill", "what an open connection once asked for is not known",
                hint: "leave `kill` or `sni` out")
        }
        if !sni, connections == .new, let late = effects.first(where: { !$0.action.actsOnOpening })
        {
            throw fields.error(
                "connections", "`\(type(of: late).name)` acts later than a connection begins",
                hint:
                    "leave `connections` out; `blackhole`, `reset` and `reject` can be for new ones"
            )
        }
        if kill, connections == .new {
            throw fields.error(
                "kill", "established connections are to go on", hint: "leave one of the two out")
        }
    }
}
