import FoundationEssentials

/// STS, as `orders` asks it: a session token of the role that writes.
struct TokenService: Sendable {
    var client: CloudClient
    /// What to ask for.
    var life: Duration
    /// Regional endpoints, one after the other; or the one that everybody copied.
    var hosts: [String]

    init(client: CloudClient, life: Duration, habits: Habits) {
        self.client = client
        self.life = life
        hosts =
            habits.keep(.tokenRenewal)
            ? CloudRegion.all.map { "sts.\($0.name).amazonaws.com" } : ["sts.amazonaws.com"]
    }

    /// One attempt at each of the hosts, until one has a token.
    func issue() async throws(CloudClient.Failure) -> SessionToken {
        var last = CloudClient.Failure(kind: .token, about: "no endpoint")
        for host in hosts {
            do throws(CloudClient.Failure) {
                return try await issue(from: host)
            } catch {
                last = error
            }
        }
        throw last
    }

    private func issue(from host: String) async throws(CloudClient.Failure) -> SessionToken {
        let asked = ContinuousClock.now
        let reply = try await client.post(
            host, query: "?Action=AssumeRole&DurationSeconds=\(life.seconds)")
        guard let read = try? JSONDecoder().decode(CloudAPI.TokenReply.self, from: Data(reply))
        else { throw CloudClient.Failure(kind: .refusal, about: "\(host): unreadable") }
        return SessionToken(
            id: read.sessionToken, issued: asked, life: .seconds(read.durationSeconds))
    }
}
