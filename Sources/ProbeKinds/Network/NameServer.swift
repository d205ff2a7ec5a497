import FoundationEssentials
import NIOCore
import Spec
public import Wire

/// Who is asked for a name.
public enum NameServer: Hashable, Sendable, LosslessStringConvertible {
    /// The nameservers of `/etc/resolv.conf`, directly.
    case configured
    /// The system, as programs ask it.
    case system
    /// One server.
    case address(Endpoint)

    public init?(_ text: String) {
        if text == "system" {
            self = .system
        } else if let address = IPAddress(text) {
            self = .address(Endpoint(address, port: 53))
        } else if let server = try? HostPort(parsing: text), let address = IPAddress(server.host) {
            self = .address(Endpoint(address, port: UInt16(server.port)))
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .configured: "the configured servers"
        case .system: "system"
        case .address(let endpoint): endpoint.description
        }
    }

    /// The `nameserver` lines of a resolv.conf, at most three as the system has it (resolv.conf(5));
    /// without any it is the local host.
    static func configured(in text: String) -> [Endpoint] {
        let servers = text.split(separator: "\n").compactMap { line -> Endpoint? in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            // A zone (`fe80::1%eth0`) is not an address that Wire knows.
            return IPAddress(String(words[1])).map { Endpoint($0, port: 53) }
        }
        return servers.isEmpty
            ? [Endpoint(.v4(0x7F00_0001), port: 53)] : Array(servers.prefix(3))
    }
}
