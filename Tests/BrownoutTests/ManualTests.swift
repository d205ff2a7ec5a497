import ArgumentParser
import FaultKinds
import Spec
import Testing

@testable import brownout

@Suite struct ManualTests {
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
