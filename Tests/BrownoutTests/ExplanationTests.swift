import FaultKinds
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

    @Test func noLineIsTooLong() {
        for one in Explanation.all {
            // Examples are commands, which must not be broken.
            for line in one.text.split(separator: "\n") where !line.hasPrefix("  brownout ") {
                #expect(line.count <= 80, "\(one.name): \(line)")
            }
        }
    }

    @Test func namesAreUnique() {
        // `ttl` is an effect; no key of a fault has an effect's name.
        #expect(Set(Explanation.names).count == Explanation.names.count)
    }
}
