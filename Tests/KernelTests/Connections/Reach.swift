import Control
import Foundation

/// Servers that the tests of connections reach: HTTP and a UDP echo, at every address of two networks
/// that loopback answers for.
enum Reach {
    static let port = 8_080
    static let otherPort = 8_081
    static let v4 = "198.51.100"
    static let v6 = "2001:db8:9:"

    /// Runs `body` while the servers answer, at more ports if need be.
    static func serving<Value>(
        and more: [Int] = [], _ body: () async throws -> Value
    ) async throws -> Value {
        try await Place.prepare()
        // So that the whole networks are local; they may be there from the test before.
        for route in [["-4", "\(v4).0/24"], ["-6", "\(v6):/64"]] {
            try await Program.check(
                "ip", route[0], "route", "replace", "local", route[1], "dev", "lo")
        }
        let words = try await command() + more.map { "\($0)" }
        return try await Program.serving(
            words[0], Array(words.dropFirst()),
            isReady: { $0.outputText.contains("ready") }, { _ in try await body() })
    }

    /// Runs `body` while the servers answer at another host.
    static func serving<Value>(
        at neighbour: Neighbour, _ body: () async throws -> Value
    ) async throws -> Value {
        try await neighbour.serving(
            try await command(), isReady: { $0.outputText.contains("ready") },
            { _ in try await body() })
    }

    /// The words that start the servers.
    private static func command() async throws -> [String] {
        let script = try await Place.scratch().appending(path: "servers.py")
        try Data(servers.utf8).write(to: script)
        return [Python.path, "-I", script.path(), "\(port)", "\(otherPort)"]
    }

    /// What became of one attempt.
    struct Outcome: Decodable, Equatable, Sendable {
        /// `ok`; `timeout` of the handshake, `silent` after it; `refused`, `reset`, `unreachable`.
        var what: String
        /// Seconds until the connection was there, and until the answer was.
        var connected: Double?
        var took: Double
    }

    struct Attempt: Encodable, Sendable {
        var host: String
        var port = Reach.port
        var udp = false
        /// Octets to be asked for.
        var bytes = 3
        var patience = 0.6
        /// The system chooses the client's own address: the server is another host.
        var anySource = false
    }

    /// Makes attempts one after the other, or all at once; from this host or from another one.
    static func attempt(
        _ attempts: [Attempt], together: Bool = false, at neighbour: Neighbour? = nil,
        within limit: Duration = .seconds(40)
    ) async throws -> [Outcome] {
        struct Order: Encodable {
            var attempts: [Attempt]
            var together: Bool
        }
        return try await Python.run(
            client, Order(attempts: attempts, together: together), at: neighbour, within: limit)
    }

    static func attempt(_ attempt: Attempt) async throws -> Outcome {
        try await self.attempt([attempt])[0]
    }

    private static let servers = """
        import socket, sys, threading

        def talk(c):
            try:
                data = c.recv(1000)
                while data:
                    count = int(data.split()[1][1:] or 3)
                    c.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % count
                              + b"x" * count)
                    data = c.recv(1000)
            except (OSError, ValueError, IndexError):
                pass
            c.close()

        def tcp(s):
            while True:
                c, _ = s.accept()
                threading.Thread(target=talk, args=(c,), daemon=True).start()

        def udp(s):
            # Answers come from the address that was asked: IPV6_RECVPKTINFO is 49, and
            # IPV6_FREEBIND (78) allows addresses that no interface has.
            s.setsockopt(socket.IPPROTO_IPV6, 49, 1)
            s.setsockopt(socket.IPPROTO_IPV6, 78, 1)
            while True:
                try:
                    data, extra, _, peer = s.recvmsg(2000, 200)
                    s.sendmsg([data], extra, 0, peer)
                except OSError:
                    pass  # a client that has gone

        for port in map(int, sys.argv[1:]):
            t = socket.create_server(("::", port), family=socket.AF_INET6, backlog=500,
                                     dualstack_ipv6=True)
            u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            u.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            u.bind(("::", port))
            threading.Thread(target=tcp, args=(t,), daemon=True).start()
            threading.Thread(target=udp, args=(u,), daemon=True).start()
        print("ready", flush=True)
        threading.Event().wait()
        """

    private static let client = """
        import errno, json, socket, sys, time
        from concurrent.futures import ThreadPoolExecutor

        words = {errno.ECONNREFUSED: "refused", errno.ECONNRESET: "reset",
                 errno.EPIPE: "reset", errno.EHOSTUNREACH: "unreachable",
                 errno.ENETUNREACH: "unreachable", errno.EACCES: "prohibited"}

        def word(e, late):
            return late if isinstance(e, TimeoutError) else words.get(e.errno, str(e))

        def once(a):
            family = socket.AF_INET6 if ":" in a["host"] else socket.AF_INET
            kind = socket.SOCK_DGRAM if a["udp"] else socket.SOCK_STREAM
            connected = None
            start = time.monotonic()
            with socket.socket(family, kind) as s:
                s.settimeout(a["patience"])
                # Else it would be the very address that it connects to.
                if not a["anySource"]: s.bind(("2001:db8::53" if ":" in a["host"] else "192.0.2.53", 0))
                try:
                    try:
                        s.connect((a["host"], a["port"]))
                    except TimeoutError as e:
                        return dict(what="timeout", took=time.monotonic() - start)
                    connected = time.monotonic() - start
                    if a["udp"]:
                        s.send(b"ping")
                        what = "ok" if s.recv(100) == b"ping" else "garbled"
                    else:
                        s.sendall(b"GET /%d HTTP/1.1\\r\\n\\r\\n" % a["bytes"])
                        got = b""
                        while b"\\r\\n\\r\\n" not in got:
                            got += s.recv(65536) or 1 / 0
                        left = a["bytes"] - len(got.split(b"\\r\\n\\r\\n", 1)[1])
                        while left > 0:
                            left -= len(s.recv(1 << 20)) or 1 / 0
                        what = "ok"
                except OSError as e:
                    what = word(e, "silent")
                except ZeroDivisionError:
                    what = "closed"
                return dict(what=what, connected=connected, took=time.monotonic() - start)

        order = json.load(sys.stdin)
        todo = order["attempts"]
        if order["together"]:
            with ThreadPoolExecutor(min(200, len(todo))) as pool:
                done = list(pool.map(once, todo))
        else:
            done = [once(a) for a in todo]
        json.dump(done, sys.stdout)
        """
}

extension AgentUnderTest {
    /// Arms a fault on connections, given as `net:` and other lines; lifts it after `body`.
    func broken<Value>(
        _ effects: String, _ lines: [String], for duration: Duration = .seconds(60),
        lease: Duration? = nil, dryRun: Bool = false,
        _ body: (ArmedFault) async throws -> Value
    ) async throws -> Value {
        let fault = try await client.arm(
            ArmRequest(
                body: (["net: \(effects)"] + lines).joined(separator: "\n") + "\n", name: "drill",
                for: duration, lease: lease, dryRun: dryRun))
        let value: Value
        do {
            value = try await body(fault)
        } catch {
            _ = try? await client.lift(fault.id)
            throw error
        }
        _ = try? await client.lift(fault.id)
        return value
    }
}
