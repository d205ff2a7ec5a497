import ArgumentParser
import Foundation
import GameDay
import Spec
import Testing

@testable import brownout

/// README.md and docs/: what is shown there works.
@Suite struct DocumentTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let documents = ["README.md", "docs/gamedays.md"]

    private static func lines(_ document: String) throws -> [Substring] {
        try String(contentsOf: repository.appending(path: document), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test(arguments: documents)
    func commandsParse(document: String) throws {
        var count = 0
        for line in try Self.lines(document) where line.hasPrefix("    ") {
            var typed = line.trimmingPrefix(while: \.isWhitespace)
            if typed.hasPrefix("$ ") { typed = typed.dropFirst(2) }
            guard typed.hasPrefix("brownout ") || typed.hasPrefix("sudo brownout ") else {
                continue
            }
            count += 1
            // Without what is the shell's: a comment, where the output goes.
            let words = ExampleWords.split(String(typed)).filter { !$0.isEmpty }
                .drop { $0 != "brownout" }.dropFirst()
                .prefix { $0 != "#" && $0 != ">" && $0 != "|" && $0 != "…" }
            do {
                _ = try Brownout.parseAsRoot(Array(words))
            } catch {
                Issue.record("\(document): \(typed): \(Brownout.message(for: error))")
            }
        }
        #expect(count > 5)
    }

    @Test func gameDaysLoad() throws {
        var blocks: [String] = []
        var block: [Substring]?
        for line in try Self.lines("docs/gamedays.md") {
            if line == "```yaml" {
                block = []
            } else if line == "```", let lines = block {
                blocks.append(lines.joined(separator: "\n") + "\n")
                block = nil
            } else {
                block?.append(line)
            }
        }
        #expect(blocks.count == 2)
        for text in blocks {
            let day = try GameDay(
                node: Node.load(yaml: text, file: "docs/gamedays.md"), set: [:], environment: [:],
                faults: .catalogue)
            #expect(try Plan(day, speed: 1).warnings.map(\.description) == [])
        }
    }

    /// Links to files of this repository lead somewhere.
    @Test(arguments: documents + ["CONTRIBUTING.md"])
    func linksLead(document: String) throws {
        let folder = Self.repository.appending(path: document).deletingLastPathComponent()
        let text = try Self.lines(document).joined(separator: "\n")
        for link in text.matches(of: /\]\((?<path>[^)#:]+)\)/) {
            let file = folder.appending(path: String(link.path)).standardized
            #expect(FileManager.default.fileExists(atPath: file.path()), "\(link.path)")
        }
    }
}
