import Foundation
import GameDay
import GameDaySamples
import Testing

extension KernelTests {
    /// The report in a real browser, which has no network but its own loopback.
    @Suite struct Browser {
        private func chromium(_ arguments: [String], _ page: URL) async throws -> String {
            let profile = try await Place.scratch()
            let ended = try await Program.run(
                "chromium",
                [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--hide-scrollbars", "--user-data-dir=\(profile.path())",
                ] + arguments + [page.absoluteString], within: .seconds(60))
            guard ended.succeeded else {
                throw Program.Failure(description: "chromium: \(ended.errors)")
            }
            return ended.output
        }

        private func page(_ run: SyntheticRun) async throws -> URL {
            let folder = try await Place.scratch()
            _ = try ReportWriter.write(run.journal(), to: folder.path())
            return folder.appending(path: "report.html")
        }

        @Test func isReadByABrowser() async throws {
            let dom = try await chromium(["--dump-dom"], page(SyntheticRun(.failed)))
            for part in [
                "<h1>us-east-1 is out</h1>", "FAILED", "id=\"timeline\"", "id=\"expectations\"",
                "id=\"latency\"", "not 201: read-only", "confirm", "maria",
            ] {
                #expect(dom.contains(part), "\(part)")
            }
            // What the parser had to mend would be another text.
            #expect(dom.components(separatedBy: "<svg").count > 15)
        }

        /// Names and reasons of others run nothing and ask for nothing.
        @Test func obeysNobodyElse() async throws {
            var run = SyntheticRun(.failed)
            run.poison =
                #"<script>document.title='pwned'</script><img src="http://evil.example/x" "#
                + #"onerror="document.title='pwned'">"' onmouseover='x"#
            let page = try await page(run)
            let log = try await Place.scratch().appending(path: "net.json")
            let dom = try await chromium(["--dump-dom", "--log-net-log=\(log.path())"], page)
            #expect(!dom.contains("<script") && !dom.contains("<img"))
            #expect(!dom.contains("<title>pwned"))
            #expect(dom.contains("&lt;script&gt;"))
            let asked = try String(contentsOf: log, encoding: .utf8)
            #expect(asked.contains("constants") && !asked.contains("evil.example"))
        }

        /// No part is wider than the page, on a phone and on a wall.
        @Test(arguments: [500, 1600])
        func fitsItsWidth(_ width: Int) async throws {
            let image = try await Place.scratch().appending(path: "page.png")
            _ = try await chromium(
                ["--window-size=\(width),1200", "--screenshot=\(image.path())"],
                page(SyntheticRun(.held)))
            let png = try Data(contentsOf: image)
            // Signature, IHDR, width: RFC 2083 sections 3.1 and 4.1.1.
            #expect(png.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
            #expect(png.dropFirst(16).prefix(4).reduce(0) { $0 << 8 | Int($1) } == width)
            #expect(png.count > 20_000)
        }
    }
}
