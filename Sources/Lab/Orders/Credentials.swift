/// Credentials of `orders`, renewed in time or not.
actor Credentials {
    /// One attempt at new ones.
    typealias Issuing = @Sendable () async throws(CloudClient.Failure) -> SessionToken

    struct Status: Codable, Sendable {
        /// Seconds; negative once they have expired. Nil without any.
        var ageSeconds: Double?
        var expiresInSeconds: Double?
        /// `valid`, `expired` or `none`.
        var state: String
        /// `ok`, or `failing` since the last attempt: seen long before anything else is.
        var renewal: String
        var renewals: Int
        var failures: Int
    }

    private let issue: Issuing
    private let schedule: TokenSchedule
    private let isCareful: Bool
    private var token: SessionToken?
    private var renewals = 0
    private var failures = 0
    private var isFailing = false

    init(_ schedule: TokenSchedule, isCareful: Bool, issue: @escaping Issuing) {
        self.schedule = schedule
        self.isCareful = isCareful
        self.issue = issue
    }

    /// A token that may be used now.
    func current() async throws(CloudClient.Failure) -> String {
        let now = ContinuousClock.now
        // The old one is better than none for as long as it is honoured.
        if let token, isCareful ? token.isHonoured(now) : now < token.expires { return token.id }
        if isCareful, token != nil {
            throw CloudClient.Failure(kind: .token, about: "expired, and none to be had")
        }
        return try await renew().id
    }

    /// Renews ahead of time, for ever; returns at once where renewal waits for the end.
    func keep() async {
        guard isCareful else { return }
        var backoff = Backoff(base: .milliseconds(500), cap: .seconds(4))
        while !Task.isCancelled {
            do {
                let token = try await renew()
                backoff.succeeded()
                let at = schedule.renewal(
                    issued: token.issued, life: token.life, .random(in: 0..<1))
                try? await Task.sleep(until: at, clock: .continuous)
            } catch {
                try? await Task.sleep(for: backoff.next(.random(in: 0..<1)))
            }
        }
    }

    private func renew() async throws(CloudClient.Failure) -> SessionToken {
        do throws(CloudClient.Failure) {
            let new = try await issue()
            token = new
            renewals += 1
            isFailing = false
            return new
        } catch {
            failures += 1
            isFailing = true
            throw error
        }
    }

    var status: Status {
        let now = ContinuousClock.now
        return Status(
            ageSeconds: token.map { (now - $0.issued).roundedSeconds },
            expiresInSeconds: token.map { ($0.expires - now).roundedSeconds },
            state: token.map { now < $0.expires ? "valid" : "expired" } ?? "none",
            renewal: isFailing ? "failing" : "ok", renewals: renewals, failures: failures)
    }
}
