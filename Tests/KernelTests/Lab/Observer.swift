import Foundation

/// An independent client inside a lab: looks four times a second while a fault comes and goes.
enum Observer {
    /// What it saw at one time.
    struct Sample: Decodable, Sendable {
        enum Phase: String, Decodable, Sendable { case before, during, after }

        var phase: Phase
        /// Seconds since the phase began.
        var at: Double
        var read: Reply
        var write: Reply
        var orders: Orders?
        var lab: Lab?
    }

    struct Reply: Decodable, Sendable {
        /// 0: none.
        var status: Int
        var seconds: Double
        var headers: [String: String]
    }

    /// `/status` of `orders`, as far as the tests look.
    struct Orders: Decodable, Sendable {
        struct Calls: Decodable, Sendable { var perSecond: Int }
        struct Capacity: Decodable, Sendable {
            var instances: Int
            var tasks: Int
        }
        struct Clients: Decodable, Sendable { var connected: Int }

        var mode: String
        var calls: Calls
        var capacity: Capacity
        var clients: Clients
    }

    /// `/lab`, as far as the tests look.
    struct Lab: Decodable, Sendable {
        struct Names: Decodable, Sendable { var recentPeakQueries: Int }
        struct Balancer: Decodable, Sendable { var zonesInService: Int }
        struct Shoppers: Decodable, Sendable { var failed: Int }
        struct Endpoint: Decodable, Sendable {
            var service: String
            var region: String
            var recentPeakConnections: Int
        }

        var dns: Names
        var balancer: Balancer
        var shoppers: Shoppers
        var endpoints: [Endpoint]

        func peak(_ service: String, _ region: String) -> Int {
            endpoints.first { $0.service == service && $0.region == region }?
                .recentPeakConnections ?? 0
        }
    }

    /// A fault in a lab, and how long to look.
    struct Drill: Hashable, Sendable {
        /// Arguments of `brownout inject`.
        var fault: [String]
        var during: Int
        var after = 4
        /// Asked for with POST eight seconds into the fault.
        var halfway = ""
    }

    /// Runs a drill in a lab of its own.
    static func watch(_ drill: Drill, careless: String) async throws -> [Sample] {
        let flags = careless.isEmpty ? [] : ["--careless", careless]
        let ended = try await Program.run(
            AgentUnderTest.client,
            ["lab", "run"] + flags + ["--", "python3", "-I", "-c", script, AgentUnderTest.client]
                + ["\(drill.during)", "\(drill.after)", drill.halfway] + drill.fault,
            within: .seconds(60 + drill.during + drill.after))
        guard ended.succeeded else {
            throw Program.Failure(description: "observer: \(ended.errors)")
        }
        return try JSONDecoder().decode([Sample].self, from: Data(ended.output.utf8))
    }

    private static let script = """
        import http.client, json, subprocess, sys, time
        brownout, during, after, halfway, *fault = sys.argv[1:]
        samples = []

        def ask(port, method, path, body=None):
            begun = time.monotonic()
            try:
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
                link.request(method, path, body=body)
                reply = link.getresponse()
                text = reply.read()
                link.close()
                headers = {k.lower(): v for k, v in reply.getheaders()}
                status = reply.status
            except Exception:
                status, headers, text = 0, {}, b""
            took = time.monotonic() - begun
            return {"status": status, "seconds": took, "headers": headers}, text

        def page(port, path):
            reply, text = ask(port, "GET", path)
            return json.loads(text) if reply["status"] == 200 else None

        def watch(phase, seconds, step=None):
            begun = time.monotonic()
            number = 0
            while (at := time.monotonic() - begun) < seconds:
                if step and at > 8:
                    ask(8099, "POST", step)
                    step = None
                read, _ = ask(8080, "GET", "/orders/1")
                write, _ = ask(8080, "POST", "/orders", "from the observer")
                samples.append({"phase": phase, "at": at, "read": read, "write": write,
                    "orders": page(8080, "/status"), "lab": page(8099, "/lab")})
                number += 1
                time.sleep(max(0, begun + number * 0.25 - time.monotonic()))

        # All clients are connected, and whatever they did to get there is long past.
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if page(8080, "/status")["clients"]["connected"] == 200: break
            time.sleep(0.1)
        watch("before", 3)
        subprocess.run([brownout, "inject", *fault, "--for", "300s", "--detach"], check=True,
            stdout=sys.stderr)
        watch("during", float(during), halfway)
        subprocess.run([brownout, "lift", "--all"], check=True, stdout=sys.stderr)
        watch("after", float(after))
        json.dump(samples, sys.stdout)
        """
}
