import ArgumentParser
import FaultKinds
import Spec
import Testing

@testable import brownout

@Suite struct ManualTests {
    @Test func keepsTheIndentationOfYAML() {
        let manual = Manual(
            """
            A fault.

            Example:
                dns:
                  delay: 1s

                match:
                  - a.test
              names
            """)
        #expect(
            manual.example == ["dns:", "  delay: 1s", "match:", "  - a.test", "names"])
    }

    @Test func readsADocComment() {
        let manual = Manual(
            """
            The real answer, later.

            Held in the
            kernel's queue.

            Second paragraph.

            Example:
                brownout dns delay a.test --by 1s
                brownout dns delay b.test --by 2s
            """)
        #expect(manual.summary == "The real answer, later")
        #expect(manual.paragraphs == ["Held in the kernel's queue.", "Second paragraph."])
        #expect(
            manual.example == [
                "brownout dns delay a.test --by 1s", "brownout dns delay b.test --by 2s",
            ])
        #expect(
            manual.discussion == """
                Held in the kernel's queue.

                Second paragraph.

                Example:
                  brownout dns delay a.test --by 1s
                  brownout dns delay b.test --by 2s
                """)
    }

    /// What people read of an effect comes from its source file: it must be there for each.
    @Test(arguments: EffectCatalogue.all.map { $0.name })
    func everyEffectIsExplained(name: String) throws {
        let effect = try #require(EffectCatalogue.effect(named: name))
        let manual = Manual(effect.text.manual)
        #expect(!manual.summary.isEmpty && !manual.paragraphs.isEmpty)
        #expect(manual.example.contains { $0.hasPrefix("brownout dns \(name) ") })
        for key in effect.schema.keys { #expect(!key.doc.isEmpty, "\(name): \(key.name)") }
    }

    @Test(arguments: EffectCatalogue.net.map { $0.name })
    func everyEffectOnConnectionsIsExplained(name: String) throws {
        let effect = try #require(EffectCatalogue.netEffect(named: name))
        let manual = Manual(effect.text.manual)
        #expect(!manual.summary.isEmpty && !manual.paragraphs.isEmpty)
        #expect(manual.example.contains { $0.hasPrefix("brownout net \(name) ") })
        for key in effect.schema.keys { #expect(!key.doc.isEmpty, "\(name): \(key.name)") }
    }

    static let examples =
        EffectCatalogue.all.flatMap { Manual($0.text.manual).example }
        + EffectCatalogue.net.flatMap { Manual($0.text.manual).example }

    /// The examples that people copy must be commands that work.
    @Test(arguments: examples)
    func examplesParse(line: String) throws {
        let words = ExampleWords.split(line)
        #expect(words.first == "brownout")
        _ = try Brownout.parseAsRoot(Array(words.dropFirst()))
    }
}

/// What `--help` prints of each command.
@Suite struct HelpTests {
    /// Every command that is shown, with its words; effects are `ManualTests`' matter.
    static let commands = all(Brownout.self, []).filter { words, _ in
        words.count < 2 || !["dns", "net"].contains(words[0])
    }

    private static func all(
        _ command: any ParsableCommand.Type, _ words: [String]
    ) -> [([String], any ParsableCommand.Type)] {
        let configuration = command.configuration
        let groups = configuration.groupedSubcommands.flatMap(\.subcommands)
        let shown = (configuration.subcommands + groups).filter {
            $0.configuration.shouldDisplay
        }
        return [(words, command)]
            + shown.flatMap { all($0, words + [$0.configuration.commandName ?? ""]) }
    }

    @Test func everyCommandIsThere() {
        let words = Self.commands.map { $0.0.joined(separator: " ") }
        #expect(Set(["", "dns", "gameday run", "gameday compare", "lab up"]).isSubset(of: words))
    }

    /// With an example that is a command which works.
    @Test(arguments: commands.map { $0.0 })
    func hasExamples(words: [String]) throws {
        let found = Self.commands.first { $0.0 == words }
        let configuration = try #require(found).1.configuration
        #expect(configuration.abstract.hasSuffix(".") || configuration.abstract.hasSuffix("?"))
        let lines = configuration.discussion.split(separator: "\n")
        let examples = lines.drop { $0 != "Example:" }.dropFirst().prefix { $0.hasPrefix("  ") }
        #expect(!examples.isEmpty, "no example")
        for line in examples where line.contains("brownout ") {
            // Of a shell's line the part that is ours: not `sudo`, nor where its output goes, nor what reads it.
            let command = line.trimmingPrefix(while: \.isWhitespace)
            guard command.hasPrefix("brownout ") || command.hasPrefix("sudo brownout ") else {
                continue
            }
            let typed = ExampleWords.split(String(command)).drop { $0 != "brownout" }.dropFirst()
            _ = try Brownout.parseAsRoot(Array(typed.prefix { $0 != ">" && $0 != "|" }))
        }
    }
}

/// Splits an example as a shell does, as far as examples go: blanks and single quotes.
enum ExampleWords {
    static func split(_ line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quoted = false
        for character in line {
            if character == "'" {
                quoted.toggle()
                word = word ?? ""
            } else if character == " ", !quoted {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + [word].compactMap { $0 }
    }
}
