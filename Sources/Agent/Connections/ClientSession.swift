import Control
public import Wire

/// The connection over which somebody works on this host while they arm a fault.
public struct ClientSession: Equatable, Sendable {
    public var own: Endpoint
    public var other: Endpoint

    /// Connections to it are never hit, so that nobody is locked out.
    static let sshPort: UInt16 = 22

    /// Reads SSH_CONNECTION (ssh(1)): the person's address and port, then this host's.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 4, let there = IPAddress(String(words[0].prefix { $0 != "%" })),
            let port = UInt16(words[1]),
            let here = IPAddress(String(words[2].prefix { $0 != "%" })),
            let ownPort = UInt16(words[3])
        else { return nil }
        other = Endpoint(there, port: port)
        own = Endpoint(here, port: ownPort)
    }

    /// Refuses a fault that would cut it. What names lead to is not known yet; see `spared`.
    func check(_ fault: LoadedFault) throws(APIError) {
        guard fault.cuts(self) else { return }
        throw APIError(
            .protected,
            "`\(fault.name)` would cut the connection from \(other.address) that you are using; "
                + "nothing is armed")
    }
}
