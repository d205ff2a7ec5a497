/// The steps of a run that wait for a person. Whoever hears of it first confirms: the terminal, the
/// run's own socket, or `--yes` at once.
public actor Confirmations {
    /// What a person is asked to do and to say done.
    public struct Request: Codable, Equatable, Sendable {
        /// The number of the step in the run.
        public var step: Int
        public var role: String
        public var text: String

        public init(step: Int, role: String, text: String) {
            self.step = step
            self.role = role
            self.text = text
        }
    }

    /// Who confirms everything at once; nil: people do.
    public nonisolated let automatic: String?
    private var pending: [(request: Request, answer: AsyncStream<String>.Continuation)] = []

    /// - Parameter automatic: Who confirms everything at once, such as `--yes`; nil for people.
    public init(automatic: String? = nil) { self.automatic = automatic }

    /// What is waited for, oldest first.
    public var waiting: [Request] { pending.map(\.request) }

    /// Confirms a step, or the oldest that waits.
    ///
    /// - Returns: What was confirmed; nil if nothing of the kind waits.
    @discardableResult
    public func confirm(step: Int? = nil, who: String) -> Request? {
        guard let index = pending.firstIndex(where: { step == nil || $0.request.step == step })
        else { return nil }
        let (request, answer) = pending.remove(at: index)
        answer.yield(who)
        answer.finish()
        return request
    }

    /// Waits for a confirmation.
    ///
    /// - Returns: Who confirmed; nil if the task was cancelled first.
    func wait(for request: Request) async -> String? {
        if let automatic { return automatic }
        let (answers, answer) = AsyncStream.makeStream(of: String.self)
        pending.append((request, answer))
        defer { pending.removeAll { $0.request.step == request.step } }
        for await who in answers { return who }
        return nil
    }
}
