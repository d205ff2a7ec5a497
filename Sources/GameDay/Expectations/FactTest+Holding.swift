internal import ProbeKinds

extension FactTest {
    /// Whether a fact is as it must be.
    ///
    /// Numbers compare as numbers; a text that is to be less or more than a number is read as one, and
    /// where it is none the test fails. Texts are equal letter by letter.
    func holds(for fact: FactValue) -> Bool {
        switch operation {
        case .compare(let comparison): compare(fact, comparison)
        case .contains: Self.text(fact).contains(Self.text(value))
        case .matches:
            // Checked when the expectation was read.
            (try? Regex(Self.text(value))).map { Self.text(fact).contains($0) } ?? false
        }
    }

    private func compare(_ fact: FactValue, _ comparison: Relation) -> Bool {
        switch (fact, value) {
        case (.number(let left), .number(let right)):
            return comparison.holds(left, right)
        case (.text(let left), .text(let right)):
            return comparison.holds(left, right)
        case (.text(let left), .number(let right)):
            guard let left = Double(left) else { return comparison == .notEqual }
            return comparison.holds(left, right)
        case (.number(let left), .text(let right)):
            guard let right = Double(right) else { return comparison == .notEqual }
            return comparison.holds(left, right)
        }
    }

    /// A fact as people write it: `503`, not `503.0`.
    static func text(_ fact: FactValue) -> String {
        switch fact {
        case .text(let text): return text
        case .number(let number):
            guard let whole = Int(exactly: number) else { return "\(number)" }
            return String(whole)
        }
    }
}

/// A test that remembers its last answer: results in a row mostly say the same, and a regular
/// expression is made anew for every match because it cannot be shared between tasks.
struct RememberedTest: Sendable {
    let test: FactTest
    private var last: (fact: FactValue, holds: Bool)?

    init(_ test: FactTest) { self.test = test }

    mutating func holds(for fact: FactValue) -> Bool {
        if let last, last.fact == fact { return last.holds }
        let holds = test.holds(for: fact)
        last = (fact, holds)
        return holds
    }
}
