import Foundation
import Testing

/// A program that people reach dependencies with, from Debian.
struct RealClient: Sendable, CustomTestStringConvertible {
    /// As the documentation calls it, with the version of `program` that is here.
    var title: String
    var isUDP = false
    /// How long it waits for the connection alone, and for all of it; seconds.
    var patience: (connect: Double?, all: Double) = (1, 1.5)
    var words: @Sendable (_ order: Order) -> [String]
    /// What it said, from what it printed.
    var read: @Sendable (_ ended: Program.Ended, _ wall: Double) throws -> Report
    var testDescription: String { title }

    /// What it is to ask for, once from the other address and once from the one that is meant.
    struct Order: Sendable {
        var meant: String
        var other: String
        var octets = 3
        var connect: Double
        var all: Double

        func url(_ host: String) -> String { "http://\(host):\(Reach.port)/\(octets)" }
    }

    struct Report: Decodable, Sendable {
        /// Nil where it got what it asked for.
        var error: String?
        /// Seconds.
        var took: Double
        /// What it got; nil where it does not say.
        var octets: Int?
        /// The same from the other address; nil where the client asks for one thing at a time.
        var other: String?
    }

    func ask(_ order: Order) async throws -> Report {
        let words = words(order)
        let start = ContinuousClock.now
        let ended = try await Program.run(
            words[0], Array(words.dropFirst()), environment: ["LC_ALL": "C"], within: .seconds(40))
        return try read(ended, (ContinuousClock.now - start).seconds)
    }

    static let dnsPort = 5_300

    /// All of them. Java's is compiled into a folder first.
    static func all() async throws -> [RealClient] {
        let folder = try await Place.scratch()
        for (name, text) in [("fetch.mjs", fetch), ("ask.py", requests), ("Ask.java", java)] {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        @Sendable func path(_ name: String) -> String { folder.appending(path: name).path() }
        try await Program.check("javac", "-d", folder.path(), path("Ask.java"))
        return [
            try await curl(),
            RealClient(
                title: "Python requests "
                    + (try await version(
                        Python.path, "-c", "import requests; print(requests.__version__)")),
                words: {
                    [Python.path, path("ask.py"), $0.url($0.meant), $0.url($0.other)]
                        + ["\($0.connect)", "\($0.all)"]
                }, read: json),
            // fetch has one patience: the signal that it is given.
            RealClient(
                title: "Node fetch \(try await version("node", "--version"))",
                patience: (nil, 1.5),
                words: {
                    ["node", path("fetch.mjs"), $0.url($0.meant), $0.url($0.other), "\($0.all)"]
                }, read: json),
            RealClient(
                title: "Java HttpClient \(try await version("javac", "-version"))",
                words: {
                    // Little to compile, and so an early start.
                    ["java", "-XX:TieredStopAtLevel=1", "-cp", folder.path(), "Ask"]
                        + [$0.url($0.meant), $0.url($0.other), "\($0.connect)", "\($0.all)"]
                }, read: json),
            try await wget(),
            try await dig(),
        ]
    }

    /// The first two numbers of what it prints.
    private static func version(_ words: String...) async throws -> String {
        let ended = try await Program.run(words[0], Array(words.dropFirst()))
        let match = (ended.output + ended.errors).firstMatch(of: /[0-9]+\.[0-9]+/)
        guard let match else { throw Program.Failure(description: "\(words): no version") }
        return String(match.output)
    }

    private static func json(_ ended: Program.Ended, _ wall: Double) throws -> Report {
        guard ended.succeeded else { throw Program.Failure(description: ended.errors) }
        return try JSONDecoder().decode(Report.self, from: Data(ended.output.utf8))
    }

    private static func curl() async throws -> RealClient {
        RealClient(
            title: "curl \(try await version("curl", "--version"))",
            words: {
                [
                    "curl", "-sS", "-o", "/dev/null", "-w", "%{time_total} %{size_download}",
                    "--connect-timeout", "\($0.connect)", "-m", "\($0.all)", $0.url($0.meant),
                ]
            },
            read: { ended, _ in
                let numbers = ended.output.split(separator: " ").compactMap { Double($0) }
                guard numbers.count == 2 else { throw Program.Failure(description: ended.errors) }
                return Report(
                    error: ended.succeeded ? nil : timeless(ended.errors), took: numbers[0],
                    octets: Int(numbers[1]))
            })
    }

    private static func wget() async throws -> RealClient {
        RealClient(
            title: "wget \(try await version("wget", "--version"))",
            words: {
                [
                    "wget", "-nv", "-O", "/dev/null", "--tries=1",
                    "--connect-timeout=\($0.connect)", "--read-timeout=\($0.all)",
                    $0.url($0.meant),
                ]
            },
            read: { ended, wall in
                Report(error: ended.succeeded ? nil : timeless(ended.errors), took: wall)
            })
    }

    /// Over UDP.
    private static func dig() async throws -> RealClient {
        RealClient(
            title: "dig \(try await version("dig", "-v"))", isUDP: true, patience: (nil, 1),
            words: {
                [
                    "dig", "-r", "@\($0.meant)", "-p", "\(dnsPort)", "+tries=1",
                    "+time=\(max(1, Int($0.all)))", "many.example.test", "A",
                ]
            },
            read: { ended, wall in
                let text = ended.output
                guard let match = text.firstMatch(of: /Query time: ([0-9]+) msec/) else {
                    let said = text.split(separator: "\n").filter {
                        $0.hasPrefix(";; ") && !$0.contains("global options")
                    }
                    return Report(error: timeless(said.joined(separator: "\n")), took: wall)
                }
                return Report(
                    error: text.contains("ANSWER: 6") ? nil : text,
                    took: (Double(match.output.1) ?? 0) / 1_000)
            })
    }

    /// Its words without what is another at each run: milliseconds, times of day, line ends.
    static func timeless(_ text: String) -> String {
        let milliseconds = /[0-9]+ (ms|milliseconds)/
        let time = /[-0-9]{10} [:0-9]{8}\s/
        return text.replacing(milliseconds) { "N \($0.output.1)" }.replacing(time, with: "")
            .split(separator: "\n").joined(separator: " / ")
    }

    private static let requests = """
        import json, re, sys, time, requests
        meant, other, connect, total = sys.argv[1:]

        def ask(url):
            start = time.monotonic()
            octets, error = None, None
            try:
                octets = len(requests.get(url, timeout=(float(connect), float(total))).content)
            except requests.RequestException as e:
                cause = getattr(e.args[0], "reason", e.args[0])
                said = re.sub(r"<[^>]*>(, |: )|HTTPConnectionPool\\([^)]*\\): ", "", str(cause))
                error = f"{type(e).__name__}: {said}"
            return dict(error=error, took=time.monotonic() - start, octets=octets)

        before = ask(other)
        print(json.dumps({**ask(meant), "other": before["error"] or "ok"}))
        """

    private static let fetch = """
        const [meant, other, total] = process.argv.slice(2)

        async function ask(url) {
            const start = performance.now()
            let octets, error
            try {
                const answer = await fetch(url, {signal: AbortSignal.timeout(total * 1000)})
                octets = (await answer.arrayBuffer()).byteLength
            } catch (e) {
                error = `${e.name}: ${e.message}`
                if (e.cause) error += ` (${e.cause.message})`
            }
            return {error, took: (performance.now() - start) / 1000, octets}
        }

        const before = await ask(other)
        const report = {...await ask(meant), other: before.error ?? "ok"}
        // A connection that is still being made would keep the program.
        process.stdout.write(JSON.stringify(report), () => process.exit(0))
        """

    private static let java = """
        import java.net.URI;
        import java.net.http.*;
        import java.time.Duration;

        public class Ask {
            static Duration seconds(String text) {
                return Duration.ofMillis((long) (Double.parseDouble(text) * 1000));
            }

            static String ask(HttpClient client, String url, Duration total, boolean isLast) {
                long start = System.nanoTime();
                String error = null;
                int octets = 0;
                try {
                    var request = HttpRequest.newBuilder(URI.create(url)).timeout(total).build();
                    octets = client.send(request, HttpResponse.BodyHandlers.ofByteArray())
                        .body().length;
                } catch (Exception e) {
                    error = e.toString();
                    for (Throwable c = e.getCause(); c != null; c = c.getCause()) {
                        if (!error.contains(c.toString())) error += " (" + c + ")";
                    }
                }
                double took = (System.nanoTime() - start) / 1e9;
                String quoted = error == null ? null : '"' + error.replace("\\"", "'") + '"';
                if (!isLast) return quoted == null ? "\\"ok\\"" : quoted;
                return "{\\"error\\": " + quoted + ", \\"took\\": " + took
                    + ", \\"octets\\": " + octets;
            }

            public static void main(String[] args) {
                var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(seconds(args[2])).build();
                String other = ask(client, args[1], seconds(args[3]), false);
                System.out.println(ask(client, args[0], seconds(args[3]), true)
                    + ", \\"other\\": " + other + "}");
            }
        }
        """
}
