import Control
import Foundation
import Testing

extension KernelTests {
    /// Two names on one address and port of a real nginx: only connections that ask for the one that is
    /// meant are hit.
    @Suite("connections: server names") struct ServerNameTests {
        private static let meant = "meant.example.test"
        private static let other = "other.example.test"
        private static let v4 = "\(Reach.v4).7"
        private static let v6 = "\(Reach.v6):7"
        private static let tls = 8_443
        private static let http = 8_088

        /// One connection.
        private struct Attempt: Encodable {
            var host = ServerNameTests.v4
            /// Nil: it asks for nobody.
            var name: String? = ServerNameTests.meant
            var tls = true
            var way = Way.whole
            var patience = 0.7
            var sourcePort = 0
            /// A folder: it says there that it is `connected`, and goes on when `go` is there.
            var turn: String?
        }

        private enum Way: String, Encodable, CaseIterable {
            /// In one segment; in two, with the cut in the name; each octet in its own.
            case whole, two, octets
        }

        private struct Outcome: Decodable, Equatable {
            /// `ok` with the name that nginx saw; `silent`, `reset`, `refused`.
            var what: String
            var took: Double
            /// Segments with data that the client's kernel sent.
            var segments: Int
        }

        private static func attempt(
            _ attempts: [Attempt], together: Bool = true
        ) async throws -> [Outcome] {
            struct Order: Encodable {
                var attempts: [Attempt]
                var together: Bool
                var tls = ServerNameTests.tls
                var http = ServerNameTests.http
            }
            return try await Python.run(
                client, Order(attempts: attempts, together: together), within: .seconds(40))
        }

        /// A fault on one of the names, wherever in the test's networks it is.
        private static func keys(_ more: String...) -> [String] {
            ["names: \(meant)", "hosts: [\(Reach.v4).0/24, '\(Reach.v6):/64']", "sni: true"] + more
        }

        @Test(
            "only the name that is meant, with the hello in one segment, in two, and in many",
            arguments: [
                ("blackhole", "silent", 0.0), ("reset", "reset", 0), ("halfopen", "silent", 0),
                ("{loss: 100%}", "silent", 0), ("{latency: 250ms}", "ok \(meant)", 0.25),
            ])
        func segments(_ effect: (net: String, seen: String, later: Double)) async throws {
            try await Self.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.broken(effect.net, Self.keys()) { fault in
                        for name in [Self.meant, Self.other, nil] {
                            let attempts = [Self.v4, Self.v6].flatMap { host in
                                Way.allCases.map { way in
                                    Attempt(
                                        host: host, name: name, way: way,
                                        patience: effect.later > 0 ? 5 : 0.7)
                                }
                            }
                            let isMeant = name == Self.meant
                            for (seen, one) in zip(try await Self.attempt(attempts), attempts) {
                                let what: Comment = "\(one): \(seen)"
                                let expected = isMeant ? effect.seen : "ok \(name ?? "nobody")"
                                #expect(seen.what == expected, what)
                                if isMeant { #expect(seen.took >= effect.later, what) }
                                // The hello has really come in pieces.
                                let least = [Way.whole: 1, .two: 2, .octets: 60]
                                #expect(seen.segments >= least[one.way] ?? 0, what)
                            }
                        }
                        #expect(try await agent.counts(fault.id).fired >= 6)
                    }
                    #expect(
                        try await Self.attempt([Attempt()]).map(\.what) == ["ok \(Self.meant)"])
                    #expect(try await agent.counters().errors == 0)
                    #expect(try await !ruleset().contains("net1"))
                }
            }
        }

        @Test("Host of HTTP, curl, a name that is followed, and a dry run")
        func others() async throws {
            try await Place.setResolvers(["127.0.0.1"])
            let plain: [Attempt] = [Self.meant, Self.other].flatMap { name in
                Way.allCases.map { Attempt(name: name, tls: false, way: $0) }
            }
            try await Self.serving {
                try await ScriptedUpstream.serving(Self.addresses) {
                    try await AgentUnderTest.serving { agent in
                        try await agent.broken("reset", ["names: \(Self.meant)", "sni: true"]) {
                            fault in
                            let seen = try await Self.attempt(plain).map(\.what)
                            let ok = Array(repeating: "ok \(Self.other)", count: 3)
                            #expect(seen == Array(repeating: "reset", count: 3) + ok)
                            for (name, code) in [(Self.meant, 35), (Self.other, 0)] {
                                let url = "https://\(name):\(Self.tls)/"
                                let ended = try await Program.run(
                                    "curl", ["-sk", "-o", "/dev/null", url])
                                #expect(ended.status == Int32(code), "\(name): \(ended)")
                            }
                            // Others at the address are not hit: nothing to report.
                            let report = try #require(
                                try await agent.client.fault(fault.id).connections)
                            #expect(report.addresses > 0 && report.shared.isEmpty)
                        }
                        try await agent.broken("reset", Self.keys(), dryRun: true) { fault in
                            let seen = try await Self.attempt([Attempt()]).map(\.what)
                            #expect(seen == ["ok \(Self.meant)"])
                            #expect(try await agent.counts(fault.id).fired > 0)
                        }
                    }
                }
            }
        }

        @Test("a port that is used again, and connections that are older than the fault")
        func ends() async throws {
            try await Self.serving {
                try await AgentUnderTest.serving { agent in
                    try await agent.broken("reset", Self.keys()) { _ in
                        let names = [Self.meant, Self.other, Self.meant, Self.other]
                        let attempts = names.map { Attempt(name: $0, sourcePort: 47_000) }
                        let seen = try await Self.attempt(attempts, together: false).map(\.what)
                        #expect(seen == ["reset", "ok \(Self.other)", "reset", "ok \(Self.other)"])
                    }
                    // Connected before, greeting after: whom it asks for could be read, but a
                    // connection that is there goes on.
                    let turn = try await Place.scratch()
                    let older = Task {
                        try await Self.attempt([Attempt(patience: 10, turn: turn.path())])
                    }
                    let connected = turn.appending(path: "connected").path()
                    #expect(
                        try await eventually(within: .seconds(10)) {
                            FileManager.default.fileExists(atPath: connected)
                        })
                    let seen = try await agent.broken("reset", Self.keys()) { _ in
                        try Data().write(to: turn.appending(path: "go"))
                        return try await older.value
                    }
                    #expect(seen.map(\.what) == ["ok \(Self.meant)"])
                }
            }
        }

        /// The times of a set's elements.
        private static func times(of set: String) async throws -> [String] {
            let text = try await Program.check("nft", "list", "set", "inet", "brownout", set)
            return text.split(separator: "timeout ").map { String($0.prefix { $0 != " " }) }
                .filter { $0.first?.isNumber ?? false }
        }

        @Test(
            "what is remembered of a connection has a time, a short one when its client has ended it"
        )
        func memory() async throws {
            try await Self.serving {
                try await AgentUnderTest.serving { agent in
                    // Slow enough to be seen.
                    try await agent.broken("{latency: 400ms}", Self.keys()) { _ in
                        let going = Task { try await Self.attempt([Attempt(patience: 10)]) }
                        #expect(
                            try await eventually(every: .zero) {
                                try await Self.times(of: "net1meant4") == ["2h11m15s"]
                            })
                        #expect(try await going.value.map(\.what) == ["ok \(Self.meant)"])
                        #expect(
                            try await eventually {
                                try await Self.times(of: "net1meant4") == ["2m"]
                            })
                        #expect(try await Self.times(of: "net1read4") == ["1m"])
                        // Of others nothing but that they have been read.
                        _ = try await Self.attempt([Attempt(name: Self.other)])
                        #expect(try await Self.times(of: "net1meant4") == ["2m"])
                        #expect(try await Self.times(of: "net1read4") == ["1m", "1m"])
                    }
                    #expect(try await agent.counters().errors == 0)
                }
            }
        }

        @Test("inbound: one name of this host's")
        func inbound() async throws {
            try await Self.serving {
                try await AgentUnderTest.serving { agent in
                    let keys = [
                        "names: \(Self.meant)", "ports: \(Self.tls)", "direction: inbound",
                        "sni: true",
                    ]
                    try await agent.broken("blackhole", keys) { _ in
                        let seen = try await Self.attempt([Attempt(), Attempt(name: Self.other)])
                        #expect(seen.map(\.what) == ["silent", "ok \(Self.other)"])
                    }
                }
            }
        }

        // MARK: nginx

        private static let addresses: ScriptedUpstream.Script = { asked in
            let octets: [UInt8] =
                asked.type == RType.aaaa
                ? [0x20, 0x01, 0x0d, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7] : [198, 51, 100, 7]
            guard asked.type == RType.a || asked.type == RType.aaaa else {
                return [.message(asked.answer())]
            }
            return [
                .message(
                    asked.answer([
                        Records.record(Records.question, asked.type, ttl: 5, octets)
                    ]))
            ]
        }

        private static func serving<Value>(_ body: () async throws -> Value) async throws -> Value {
            try await Place.prepare()
            let folder = try await Place.scratch()
            try await Program.check(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=\(meant)",
                "-addext", "subjectAltName=DNS:*.example.test", "-keyout",
                folder.appending(path: "key").path(), "-out",
                folder.appending(path: "certificate").path())
            let servers = [meant, other, "nobody"].map { name in
                """
                server {
                    listen 0.0.0.0:\(tls) ssl; listen [::]:\(tls) ssl; listen 0.0.0.0:\(http);
                    server_name \(name);
                    return 200 "\(name)";
                }
                """
            }
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(folder.path())/\($0);"
            }
            let configuration = """
                daemon off; master_process off; pid \(folder.path())/pid;
                error_log \(folder.path())/errors;
                events {}
                http {
                    access_log off;
                    \(temporary.joined(separator: "\n"))
                    ssl_certificate \(folder.path())/certificate;
                    ssl_certificate_key \(folder.path())/key;
                    \(servers.joined(separator: "\n"))
                }
                """
            let file = folder.appending(path: "nginx.conf")
            try Data(configuration.utf8).write(to: file)
            return try await Reach.serving {
                try await Program.serving(
                    "nginx", ["-c", file.path(), "-p", folder.path()],
                    isReady: { _ in
                        try await attempt([Attempt(patience: 2)]).map(\.what) == ["ok \(meant)"]
                    }, { _ in try await body() })
            }
        }

        private static let client = """
            import array, errno, fcntl, json, os, socket, ssl, struct, sys, termios, time
            from concurrent.futures import ThreadPoolExecutor

            words = {errno.ECONNREFUSED: "refused", errno.ECONNRESET: "reset", errno.EPIPE: "reset"}

            def send(s, data, a):
                cut = data.find((a.get("name") or "").encode()) + 4
                size = {"whole": len(data), "two": cut, "octets": 1}[a["way"]]
                while data:
                    s.sendall(data[:size])
                    data = data[size:]
                    if a["way"] == "two": size = len(data)
                    # Until it has arrived, so that the next one is a segment of its own; once one
                    # has not, the others do not matter.
                    left, end = array.array("i", [1]), time.monotonic() + 0.1
                    while left[0] and data and time.monotonic() < end:
                        fcntl.ioctl(s, termios.TIOCOUTQ, left)
                    if left[0]: size = len(data)

            def segments(s):
                # tcpi_data_segs_out of tcp_info(7)
                info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 200)
                return struct.unpack_from("I", info, 156)[0]

            def talk(s, a):
                request = b"GET / HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n" % (
                    (a.get("name") or "nobody").encode())
                if not a["tls"]:
                    send(s, request, a)
                    count = segments(s)
                    got = b""
                    while chunk := s.recv(65536): got += chunk
                    return got, count
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
                tls = context.wrap_bio(inward, outward, server_hostname=a.get("name"))
                count = None
                while True:
                    try:
                        tls.do_handshake()
                        done = True
                    except ssl.SSLWantReadError:
                        done = False
                    data = outward.read()
                    if count is None:
                        send(s, data, a)
                        count = segments(s)
                    else:
                        s.sendall(data)
                    if done: break
                    chunk = s.recv(65536)
                    if not chunk: raise ConnectionResetError(errno.ECONNRESET, "closed")
                    inward.write(chunk)
                tls.write(request)
                s.sendall(outward.read())
                got = b""
                while True:
                    try:
                        chunk = tls.read(65536)
                        if not chunk: return got, count
                        got += chunk
                    except ssl.SSLWantReadError:
                        chunk = s.recv(65536)
                        if chunk: inward.write(chunk)
                        else: inward.write_eof()
                    except ssl.SSLError:
                        return got, count

            def once(a):
                start = time.monotonic()
                family = socket.AF_INET6 if ":" in a["host"] else socket.AF_INET
                count = 0
                with socket.socket(family) as s:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    # At once, so that the port is free for the next one.
                    if a["sourcePort"]:
                        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    s.settimeout(a["patience"])
                    mine = "2001:db8::53" if ":" in a["host"] else "192.0.2.53"
                    s.bind((mine, a["sourcePort"]))
                    try:
                        s.connect((a["host"], order["tls"] if a["tls"] else order["http"]))
                        if "turn" in a:
                            open(a["turn"] + "/connected", "w").close()
                            while not os.path.exists(a["turn"] + "/go"): time.sleep(0.01)
                        got, count = talk(s, a)
                        what = "ok " + got.split(b"\\r\\n\\r\\n")[-1].decode()
                    except TimeoutError:
                        what = "silent"
                    except OSError as e:
                        what = words.get(e.errno, str(e))
                    count = count or segments(s)
                return dict(what=what, took=time.monotonic() - start, segments=count)

            order = json.load(sys.stdin)
            todo = order["attempts"]
            with ThreadPoolExecutor(len(todo) if order["together"] else 1) as pool:
                json.dump(list(pool.map(once, todo)), sys.stdout)
            """
    }
}
