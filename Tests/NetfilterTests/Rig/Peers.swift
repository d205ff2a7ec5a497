import Netfilter

/// One or two more network namespaces, joined to this one by veth pairs; gone when this goes.
final class Peers {
    private let server: Namespace
    private let client: Namespace?
    private let isIPv6: Bool

    /// The server's namespace, and with `two` one for the client, between which this one forwards.
    init(isIPv6: Bool, two: Bool) throws {
        try Sandbox.enter()
        self.isIPv6 = isIPv6
        server = try Namespace("bs", link: 1, isIPv6: isIPv6)
        client = two ? try Namespace("bc", link: 2, isIPv6: isIPv6) : nil
        try Sandbox.run(
            "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"
        )
    }

    /// A connection to port 53 in the server's namespace, from the client's or from this one.
    func connect() throws -> Connection {
        try Connection(
            Endpoint(address: Namespace.address(1, host: 2, isIPv6), port: 53),
            serverNamespace: server.path, clientNamespace: client?.path)
    }

    /// A namespace held open by a process that waits for its input to end.
    private final class Namespace {
        private let holder: Spawned
        private let name: String

        static func address(_ link: Int, host: Int, _ isIPv6: Bool) -> String {
            isIPv6 ? "fd09:\(link)::\(host)" : "10.9.\(link).\(host)"
        }

        var path: String { NetworkNamespace.path(ofProcess: holder.pid) }

        init(_ name: String, link: Int, isIPv6: Bool) throws {
            self.name = name
            holder = try Spawned(
                "/bin/sh", ["-c", "exec unshare --net sh -c 'echo ready; exec cat'"])
            let text = holder.read()
            guard text == "ready\n" else { throw Failure("unshare --net: \(text)") }
            let (near, far) = (
                Self.address(link, host: 1, isIPv6), Self.address(link, host: 2, isIPv6)
            )
            let length = isIPv6 ? 64 : 24
            let options = isIPv6 ? "nodad" : ""
            let pid = holder.pid
            try Sandbox.run(
                """
                set -e; ip link add \(name)0 type veth peer name \(name)1 netns \(pid)
                ip addr add \(near)/\(length) dev \(name)0 \(options); ip link set \(name)0 up
                nsenter -t \(pid) -n ip addr add \(far)/\(length) dev \(name)1 \(options)
                nsenter -t \(pid) -n ip link set \(name)1 up
                nsenter -t \(pid) -n ip \(isIPv6 ? "-6" : "") route add default via \(near)
                """)
        }

        deinit {
            // The kernel removes the pair with the namespace, but later.
            _ = try? Sandbox.run("ip link del \(name)0")
        }
    }
}
