import FoundationEssentials

/// The session token of `orders`, renewed in time or not.
actor Credentials {
    struct Status: Codable, Sendable {
        /// Seconds; negative once it has expired. Nil without a token.
        var ageSeconds: Double?
        var expiresInSeconds: Double?
        /// `valid`, `expired` or `none`.
        var state: String
        var renewals: Int
        var failures: Int
    }

    private let client: CloudClient
    private let schedule: TokenSchedule
    private let isCareful: Bool
    private var token: SessionToken?
    private var renewals = 0
    private var failures = 0

    init(client: CloudClient, life: Duration, habits: Habits) {
        self.client = client
        isCareful = habits.keep(.tokenRenewal)
        schedule = isCareful ? .careful(life) : .careless(life)
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
        var last = CloudClient.Failure(kind: .token, about: "no endpoint")
        for host in hosts {
            do throws(CloudClient.Failure) {
                let asked = ContinuousClock.now
                let reply = try await client.post(
                    host, query: "?Action=AssumeRole&DurationSeconds=\(schedule.life.seconds)")
                guard
                    let read = try? JSONDecoder().decode(
                        CloudAPI.TokenReply.self, from: Data(reply))
                else { throw CloudClient.Failure(kind: .refusal, about: "\(host): unreadable") }
                let new = SessionToken(
                    id: read.sessionToken, issued: asked, life: .seconds(read.durationSeconds))
                token = new
                renewals += 1
                return new
            } catch {
                last = error
            }
        }
        failures += 1
        throw last
    }

    /// Regional endpoints, one after the other; or the one that everybody copied.
    private var hosts: [String] {
        isCareful ? CloudRegion.all.map { "sts.\($0.name).amazonaws.com" } : ["sts.amazonaws.com"]
    }

    var status: Status {
        let now = ContinuousClock.now
        return Status(
            ageSeconds: token.map { (now - $0.issued).roundedSeconds },
            expiresInSeconds: token.map { ($0.expires - now).roundedSeconds },
            state: token.map { now < $0.expires ? "valid" : "expired" } ?? "none",
            renewals: renewals, failures: failures)
    }
}
