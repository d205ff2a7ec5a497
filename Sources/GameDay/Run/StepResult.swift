/// How a step went.
struct StepResult: Equatable, Sendable {
    var passed: Bool
    /// Exit code and the end of its output, or why it failed.
    var detail: String?
    /// Who confirmed.
    var who: String?

    init(passed: Bool, detail: String? = nil, who: String? = nil) {
        self.passed = passed
        self.detail = detail
        self.who = who
    }
}
