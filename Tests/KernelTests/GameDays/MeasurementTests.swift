import Foundation
import GameDay
import Testing

extension KernelTests {
    /// What a run measured, against a client of its own in the same lab that looks ten times as often.
    @Suite("measurements of a run") struct Measured {
        /// What the client saw, in seconds of its own clock.
        private struct Seen: Decodable {
            struct Span: Decodable {
                /// The first look that failed, and the first of those that passed to the end.
                var failed: Double
                var back: Double
            }
            /// The name, asked of the server itself: it tells when the fault came and went.
            var table: Span
            var write: Span
        }

        /// How often the client looks, in seconds.
        private static let own = 0.05

        @Test("time to degrade and RTO agree to within one interval")
        func agree() async throws {
            try await Place.prepare()
            let folder = try await Place.scratch()
            // Its writes are as many as the customers' would be.
            let ended = try await Program.run(
                "sh",
                [
                    "-c", #"cd "$0" && exec "$@""#, folder.path(), AgentUnderTest.client, "lab",
                    "run", "--shoppers", "0", "--", "python3", "-I", "-c", Self.client,
                    AgentUnderTest.client,
                ], within: .seconds(120))
            try #require(ended.status == 0, "\(ended.output)\(ended.errors)")
            let seen = try JSONDecoder().decode(Seen.self, from: Data(ended.output.utf8))
            let journal = try Journal(
                reading: folder.appending(path: "report/journal.json").path())
            let story = RunStory(journal)
            #expect(journal.verdict?.outcome == .held)
            for (name, span) in [("write", seen.write), ("table", seen.table)] {
                let probe = try #require(story.probes.first { $0.info.name == name })
                let told = story.measurements(of: probe)
                let interval = probe.info.everySeconds + Self.own
                try near(told.timeToDegrade, span.failed - seen.table.failed, interval, name)
                try near(told.recoveryTime, span.back - span.failed, interval, name)
                try near(told.recoveryAfterLift, span.back - seen.table.back, interval, name)
            }
            // What `until` waited for is the same point in time.
            let until = try #require(
                story.expectations.first { $0.role == .until && $0.probe == "write" })
            let write = try #require(story.probes.first { $0.info.name == "write" })
            try near(
                until.after, seen.write.back - seen.table.back,
                write.info.everySeconds + Self.own, "until")
        }

        private func near(
            _ told: Double?, _ seen: Double, _ interval: Double, _ name: String
        ) throws {
            let told = try #require(told, "\(name)")
            #expect(abs(told - seen) <= interval, "\(name): told \(told), seen \(seen)")
        }

        private static let client = #"""
            import http.client, json, socket, struct, subprocess, sys, threading, time
            looks = {"table": [], "write": []}
            over = threading.Event()

            def has_addresses():
                labels = "dynamodb.us-east-1.amazonaws.com".split(".")
                name = b"".join(bytes([len(l)]) + l.encode() for l in labels) + b"\0"
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
                    link.settimeout(1)
                    link.sendto(struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + name + b"\0\1\0\1",
                        ("127.0.0.1", 53))
                    # An alias is one answer, and addresses come after it.
                    return struct.unpack(">H", link.recv(4096)[6:8])[0] > 1

            def is_written():
                link = http.client.HTTPConnection("127.0.0.1", 8080, timeout=1)
                try:
                    link.request("POST", "/orders", body='{"item":"book"}')
                    return link.getresponse().status in (200, 201)
                finally:
                    link.close()

            def look(name, check):
                next = time.monotonic()
                while not over.is_set():
                    began = time.monotonic()
                    try: passed = check()
                    except (OSError, http.client.HTTPException): passed = False
                    looks[name].append((began, passed))
                    next = max(next + 0.05, time.monotonic())
                    time.sleep(max(0, next - time.monotonic()))

            threads = [threading.Thread(target=look, args=pair)
                for pair in (("table", has_addresses), ("write", is_written))]
            for thread in threads: thread.start()
            run = subprocess.run([sys.argv[1], "gameday", "run", "dynamodb-empty",
                "--report", "report"], stdout=sys.stderr)
            over.set()
            for thread in threads: thread.join()
            seen, fault = {}, 0
            for name, list in looks.items():
                failed = [n for n, (at, passed) in enumerate(list) if not passed and at >= fault]
                seen[name] = {"failed": list[failed[0]][0], "back": list[failed[-1] + 1][0]}
                # What failed before it was not the fault.
                if name == "table": fault = seen[name]["failed"]
            json.dump(seen, sys.stdout)
            sys.exit(run.returncode)
            """#
    }
}
