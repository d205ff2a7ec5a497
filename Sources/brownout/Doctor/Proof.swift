import Control
import Subprocess
import Wire

/// The end of all doubt: arms a dry run for a name, resolves it, and sees whether it was counted.
struct Proof: Sendable {
    var client: AgentClient
    var name: String
    var server: IPAddress?

    /// A name that nobody has asked for, so no cache can answer for it; its parent exists.
    static func randomName(_ number: UInt64 = .random(in: 0...UInt64.max)) -> String {
        "brownout-doctor-\(String(number, radix: 16)).example.com"
    }

    /// What was seen of one way of resolving.
    struct Way: Equatable, Sendable {
        /// What came, in words; nil where the way was not tried.
        var outcome: String?
        /// An answer came for certain. `getent` tells no answer from an answer without addresses.
        var answered = false
        var counts = FaultCounts()
    }

    func run() async -> Check {
        do {
            let fault = try await client.arm(
                ArmRequest(
                    body: #"{"names":["\#(name)"],"dns":["empty"],"leg":"auto"}"#, format: .json,
                    name: "doctor", for: .seconds(30), dryRun: true))
            let system = await throughSystem()
            let afterSystem = try await settled(fault.id, after: FaultCounts())
            let direct = await directly()
            let afterBoth = try await settled(fault.id, after: afterSystem)
            _ = try? await client.lift(fault.id)
            return Self.judge(
                name: name,
                system: Way(
                    outcome: system.outcome, answered: system.answered, counts: afterSystem),
                direct: Way(
                    outcome: direct.outcome, answered: direct.answered,
                    counts: afterBoth.minus(afterSystem)))
        } catch {
            return Check("proof", .fail, "a dry run could not be armed: \(ErrorText(error).line)")
        }
    }

    /// What the counts of both ways mean.
    static func judge(name: String, system: Way, direct: Way) -> Check {
        let seen =
            "\(name): programs of this host \(system.outcome ?? "not tried"), "
            + "\(words(system.counts)); a direct query \(direct.outcome ?? "not tried"), "
            + words(direct.counts)
        if system.counts.fired > 0 { return Check("proof", .pass, seen) }
        let advice =
            if direct.counts.fired > 0 || (system.answered && !direct.answered) {
                "the C library finds names on a way that no fault reaches: see hosts, nsswitch, "
                    + "nscd and resolved above"
            } else if !system.answered, !direct.answered {
                "no resolver answered: there is nothing to rewrite"
            } else {
                "answers came and the agent saw none: see encrypted, tables and kernel above; "
                    + "`--leg any` may reach them"
            }
        return Check("proof", .fail, seen, advice: advice)
    }

    private static func words(_ counts: FaultCounts) -> String {
        counts.fired > 0
            ? "hit"
            : counts.seen > 0 ? "seen \(counts.seen), matched \(counts.matched)" : "not seen"
    }

    /// As programs resolve: `getent` is glibc's own tool for it.
    private func throughSystem() async -> (outcome: String, answered: Bool) {
        let code = await Bounded.run("getent", ["ahosts", name], patience: .seconds(6))?.code
        return switch code {
        case 0: ("got addresses", true)
        case 2: ("got no address", false)
        case nil: ("had no answer within 6s", false)
        case let code?: ("failed (getent: \(code))", false)
        }
    }

    private func directly() async -> (outcome: String, answered: Bool) {
        guard let server, let name = Wire.DNS.Name(name) else { return ("not tried", false) }
        switch await DirectQuery(server: server, name: name).ask() {
        case .answer(let code): return ("to \(server) got \(code)", true)
        case .noAnswer: return ("to \(server) had no answer within 2s", false)
        case .failed(let why): return ("to \(server) failed: \(why)", false)
        }
    }

    /// The fault's counts, once they show a new answer, or half a second later.
    private func settled(_ id: String, after before: FaultCounts) async throws -> FaultCounts {
        var counts = try await client.fault(id).counts
        for _ in 0..<10 where counts.seen == before.seen {
            try await Task.sleep(for: .milliseconds(50))
            counts = try await client.fault(id).counts
        }
        return counts
    }
}

extension FaultCounts {
    fileprivate func minus(_ other: FaultCounts) -> FaultCounts {
        FaultCounts(
            seen: seen &- other.seen, matched: matched &- other.matched,
            fired: fired &- other.fired, passed: passed &- other.passed)
    }
}
