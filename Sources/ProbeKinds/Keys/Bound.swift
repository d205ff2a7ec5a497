import Spec

/// A bound on a number, as written: `< 5`, `>= 0.99`, `== 1`.
public struct Bound: Hashable, Sendable, CustomStringConvertible {
    enum Comparison: String, CaseIterable {
        case atMost = "<="
        case atLeast = ">="
        case equal = "=="
        case unequal = "!="
        case below = "<"
        case above = ">"
    }

    var comparison = Comparison.equal
    var limit = 0.0
    public private(set) var description = ""

    init() {}

    static let pattern = #"^(<=|>=|==|!=|<|>) *-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$"#

    init(parsing text: String) throws(ValueProblem) {
        guard let comparison = Comparison.allCases.first(where: { text.hasPrefix($0.rawValue) }),
            let limit = Double(text.dropFirst(comparison.rawValue.count).drop { $0 == " " }),
            limit.isFinite
        else {
            throw ValueProblem("\"\(text.prefix(60))\" is not a bound", hint: "write < 5 or >= 1")
        }
        self.comparison = comparison
        self.limit = limit
        description =
            "\(comparison.rawValue) \(text.dropFirst(comparison.rawValue.count).drop { $0 == " " })"
    }

    func holds(_ value: Double) -> Bool {
        switch comparison {
        case .atMost: value <= limit
        case .atLeast: value >= limit
        case .equal: value == limit
        case .unequal: value != limit
        case .below: value < limit
        case .above: value > limit
        }
    }
}
