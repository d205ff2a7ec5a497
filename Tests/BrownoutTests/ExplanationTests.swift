import FaultKinds
import ProbeKinds
import Spec
import Testing

@testable import brownout

@Suite struct ExplanationTests {
    @Test func anEffect() {
        let text = Explanation(effect: Delay.self).text
        #expect(text.hasPrefix("delay: The real answer, later\n\n  The answer is held in"))
        #expect(
            text.contains(
                """
                Keys, and flags of `brownout dns delay`
                  by (duration, required)
                      How much later, at the centre of the distribution.
                  jitter (duration, default 0s)

                """))
        #expect(text.contains("In a file, `delay: VALUE` is short for `by`."))
        #expect(text.contains("\nExample\n  brownout dns delay "))
    }

    @Test func aKey() {
        let key = KeySchema("leg", .choice(["auto", "wire", "any"]), "Where.", default: "auto")
        #expect(
            Explanation(key: key).text == """
                leg: Where.

                  leg (word, default auto)
                      One of: auto, wire, any.

                """)
    }

    @Test func everyProbe() throws {
        for kind in ProbeCatalogue.all {
            let one = try #require(Explanation.all.first { $0.name == kind.name })
            #expect(one.topic == .probe)
            #expect(!one.summary.isEmpty && !one.example.isEmpty, "\(kind.name)")
            for key in kind.schema.keys {
                let shown = one.keys.first { $0.name == key.name }
                #expect(shown?.doc.isEmpty == false, "\(kind.name) \(key.name)")
                #expect(one.text.contains("\n  \(key.name) ("), "\(kind.name) \(key.name)")
            }
            for fact in kind.facts {
                #expect(one.text.contains("\n  \(fact.word)"), "\(kind.name) \(fact.word)")
            }
        }
        let dns = try #require(Explanation.all.first { $0.name == "dns" })
        #expect(dns.keys.contains { $0.name == "ttl.max" && !$0.doc.isEmpty })
        #expect(Explanation.list.contains("\nProbes of a game day\n  http"))
    }

    @Test func noLineIsTooLong() {
        for one in Explanation.all {
            // Examples are commands, which must not be broken.
            for line in (one.text.split(separator: "\nExample\n").first ?? "")
                .split(separator: "\n")
            {
                #expect(line.count <= 80, "\(one.name): \(line)")
            }
        }
    }

    @Test func namesAreUnique() {
        // `ttl` is an effect; no key of a fault has an effect's name.
        #expect(Set(Explanation.names).count == Explanation.names.count)
    }
}
