import Foundation
import GameDay
import GameDaySamples
import Spec
import Testing

/// No file traps, every error is one line, and what is read can be planned.
@Suite struct GameDayMutationTests {
    static let tokens: [[UInt8]] = [
        "- ", ": ", "\n", "[", "]", "{", "}", ",", "'", "\"", "${", "}", "$${", "${SERVICE}", "%",
        "x",
        "99999999999999999999", "0s", "3650d", " within 1s", " over 5s", " for at least ", "never ",
        "always ", "1e999x baseline", ">= ", "0.0001%", "all", "~",
    ].map { Array($0.utf8) }

    @Test func randomMutationsNeverTrap() throws {
        let seed = JudgePropertyTests.seed
        print("GameDayMutationTests: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let files =
            try ["small", "region"].map { name in
                let file = PlanTests.folder.appending(path: "\(name).yaml")
                return Array(try Data(contentsOf: file))
            } + [Array(GameDayErrorTests.whole.utf8), Array(GameDayTests.variables.utf8)]
        var planned = 0
        var refused = 0
        for _ in 0..<1_500 {
            var bytes = files.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                let end = min(bytes.count, at + Int.random(in: 0...8, using: &random))
                if Bool.random(using: &random) { bytes.removeSubrange(at..<end) }
                bytes.insert(
                    contentsOf: Self.tokens.randomElement(using: &random) ?? [],
                    at: min(at, bytes.count))
            }
            do throws(SpecError) {
                let day = try Reading.gameDay(String(decoding: bytes, as: UTF8.self))
                let plan = try Plan(day, speed: [0.1, 1, 60].randomElement(using: &random) ?? 1)
                #expect(!plan.text.isEmpty && plan.document.seconds > 0, "seed \(seed)")
                planned += 1
            } catch {
                refused += 1
                let line = error.description
                #expect(
                    !line.contains(where: \.isNewline) && line.count < 800, "\(line), seed \(seed)")
                #expect(
                    line.hasPrefix("g.yaml") || line.hasPrefix("faults/")
                        || line.hasPrefix("Faults/"),
                    "\(line), seed \(seed)")
            }
        }
        #expect(planned > 50 && refused > 500, "both ways were taken: \(planned), \(refused)")
    }
}
