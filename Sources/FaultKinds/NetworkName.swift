/// How people name a network namespace: as ip-netns(8) does, or by the path of its file.
public struct NetworkName: Hashable, Sendable {
    /// As it was written.
    public var text: String

    public init(_ text: String) { self.text = text }

    public var isPath: Bool { text.contains("/") }

    /// Where its file may be, the likeliest first.
    public var paths: [String] {
        isPath ? [text] : ["/run/netns/\(text)", "/var/run/netns/\(text)"]
    }

    /// The folder whose files `ip netns exec` lays over those of /etc; nil for a path.
    public var configuration: String? { isPath ? nil : "/etc/netns/\(text)" }

    /// The process whose namespace a path is: `/proc/PID/ns/net`.
    public var process: Int32? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "proc", parts[3] == "ns",
            parts[4] == "net"
        else { return nil }
        return Int32(parts[2])
    }
}
