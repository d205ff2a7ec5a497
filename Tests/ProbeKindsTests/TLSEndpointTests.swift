import FoundationEssentials
import Spec
import Testing

@testable import ProbeKinds

/// `https` and `tls` against a server of another make, with certificates that openssl made.
@Suite(.timeLimit(.minutes(2))) struct TLSEndpointTests {
    /// A certificate of its own kind and its key, signed by itself.
    static func certificate(
        in folder: URL, days: Int = 30, names: String = "DNS:localhost,IP:127.0.0.1"
    ) async throws -> (certificate: String, key: String) {
        let name = "\(UInt32.random(in: .min ... .max))"
        let paths = ["crt", "key", "csr"].map { folder.appending(path: "\(name).\($0)").path }
        try await RealServer.output(
            "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(names)", "-out", paths[2],
            "-keyout", paths[1])
        try await RealServer.output(
            "openssl", "x509", "-req", "-in", paths[2], "-signkey", paths[1], "-copy_extensions",
            "copyall", "-days", "\(days)", "-out", paths[0])
        return (paths[0], paths[1])
    }

    static func with(
        days: Int = 30, names: String = "DNS:localhost,IP:127.0.0.1",
        _ body: (_ port: Int, _ certificate: String, _ other: String) async throws -> Void
    ) async throws {
        try await RealServer.withFolder { folder in
            let own = try await certificate(in: folder, days: days, names: names)
            let other = try await certificate(in: folder)
            try await RealServer.with("endpoint.py", [own.certificate, own.key]) { port in
                try await body(port, own.certificate, other.certificate)
            }
        }
    }

    @Test func `a CA is trusted, and nothing else`() async throws {
        try await Self.with { port, ca, other in
            let rows: [(host: String, keys: String, reason: String?)] = [
                ("127.0.0.1", "ca: \(ca)", nil),
                ("localhost", "ca: \(ca)", nil),
                ("localhost", "ca: \(other)", "the certificate is not trusted"),
                ("localhost", "", "the certificate is not trusted"),
                ("localhost", "insecure: true", nil),
            ]
            for row in rows {
                let http =
                    "{url: 'https://\(row.host):\(port)/json', \(row.keys)\(row.keys.isEmpty ? "" : ", ")}"
                let tls = "{to: '\(row.host):\(port)', \(row.keys)}"
                for use in ["fresh", "kept"] {
                    let yaml = http.dropLast() + "connection: \(use)}"
                    let seen = try await Checked("http", String(yaml)).seen
                    #expect(seen.reason == row.reason, "\(row) \(use)")
                }
                let seen = try await Checked("tls", tls).seen
                #expect(seen.reason == row.reason, "\(row)")
            }
        }
    }

    @Test(arguments: ["DNS:other.example", "IP:127.0.0.9"])
    func `a certificate for another name`(names: String) async throws {
        try await Self.with(names: names) { port, ca, _ in
            for host in ["localhost", "127.0.0.1"] {
                let seen = try await Checked("tls", "{to: '\(host):\(port)', ca: \(ca)}").seen
                #expect(seen.reason == "the certificate is for another name", "\(host)")
                let page = "{url: 'https://\(host):\(port)/json', ca: \(ca)}"
                let got = try await Checked("http", page).seen
                #expect(got.reason == "the certificate is for another name", "\(host)")
            }
        }
        try await Self.with(names: "DNS:other.example") { port, ca, _ in
            let seen = try await Checked(
                "tls", "{to: '127.0.0.1:\(port)', servername: other.example, ca: \(ca)}"
            ).seen
            #expect(seen.reason == nil)
        }
    }

    @Test func `days until it expires`() async throws {
        try await Self.with(days: 30) { port, ca, _ in
            let wanted: Set = [FactName("days"), FactName("protocol")]
            for (days, reason) in [
                (29, nil), (31, "the certificate ends within 31 days"),
            ] {
                let yaml = "{to: 'localhost:\(port)', ca: \(ca), days: \(days)}"
                let seen = try await Checked("tls", yaml, wanted: wanted).seen
                #expect(seen.reason == reason)
                #expect(seen.facts[FactName("protocol")] == .text("TLSv1.3"))
                guard case .number(let left)? = seen.facts[FactName("days")] else {
                    Issue.record("no days")
                    continue
                }
                #expect(left > 29.99 && left <= 30)
            }
        }
    }

    @Test func `a certificate that has expired`() async throws {
        try await Self.with(days: -1) { port, ca, _ in
            for keys in ["ca: \(ca)", "insecure: true"] {
                let yaml = "{to: 'localhost:\(port)', \(keys)}"
                let seen = try await Checked("tls", yaml, wanted: [FactName("days")]).seen
                #expect(seen.reason == "the certificate has expired", "\(keys)")
                #expect(seen.facts[FactName("days")] != nil, "\(keys)")
            }
        }
    }

    @Test func `failures after the handshake`() async throws {
        try await Self.with { port, ca, _ in
            for (path, reason, timeout) in [
                ("/half", "the answer ended early", 20.0), ("/reset", "connection reset", 20),
                ("/endless", "the body is larger than 1 MiB", 20), ("/loris", "timed out", 0.5),
                ("/garbage", "the answer is not HTTP", 20),
            ] {
                let yaml = "{url: 'https://localhost:\(port)\(path)', ca: \(ca)}"
                let one = try await Checked("http", yaml, timeout: .seconds(timeout))
                #expect(one.seen.reason == reason, "\(path)")
            }
        }
    }

    /// A server that never stops, or never says goodbye, keeps no connection beyond its check.
    @Test(arguments: ["/endless", "/loris", "/hang", "/half"])
    func `a connection ends with its check`(path: String) async throws {
        try await Self.with { port, ca, _ in
            let yaml = "{url: 'https://localhost:\(port)\(path)', ca: \(ca)}"
            _ = try await Checked("http", yaml, timeout: .milliseconds(500))
            let limit = ContinuousClock.now + .seconds(3)
            var open = ""
            repeat {
                open = try await RealServer.output(
                    "ss", "-Htn", "state", "established", "dport", "=", ":\(port)")
            } while !open.isEmpty && .now < limit
            #expect(open.isEmpty)
        }
    }

    @Test func `no TLS where it was expected, and the reverse`() async throws {
        try await RealServer.with("endpoint.py") { port in
            let yaml = "{to: '127.0.0.1:\(port)', insecure: true}"
            // It waits for the end of a request; what TLS sends has none.
            let waits = try await Checked("tls", yaml, timeout: .milliseconds(300))
            #expect(waits.seen.reason == "timed out")
            #expect(waits.took < .seconds(10))
        }
        let server = try await ScriptedServer(greets: true, end: .stay) { _, _ in "220 mail\r\n" }
        let mail = try await Checked("tls", "{to: '127.0.0.1:\(server.port)', insecure: true}")
        #expect(mail.seen.reason == "the answer is not TLS")
        await server.close()
        try await Self.with { port, _, _ in
            let plain = try await Checked("http", "http://127.0.0.1:\(port)/json").seen
            #expect(plain.passed == false)
        }
    }

    @Test(arguments: ["/nowhere/ca.pem", "/etc/hostname"])
    func `a CA file that is none`(path: String) async throws {
        await #expect(throws: ProbeError.self) {
            _ = try await Checked.open("tls", "{to: 'localhost:1', ca: \(path)}")
        }
    }
}
