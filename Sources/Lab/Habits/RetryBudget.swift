/// Retries as a share of successes: when everything fails, nothing is asked twice.
struct RetryBudget: Sendable {
    private(set) var level: Double
    private let most: Double
    private let share: Double

    /// - Parameters:
    ///   - most: Retries that may be saved up.
    ///   - share: What one success adds.
    init(most: Double = 10, share: Double = 0.1) {
        self.most = most
        self.share = share
        level = most
    }

    mutating func succeeded() { level = min(most, level + share) }

    mutating func mayRetry() -> Bool {
        guard level >= 1 else { return false }
        level -= 1
        return true
    }
}
