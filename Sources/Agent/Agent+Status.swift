public import Control

extension Agent {
    /// What the agent is, holds and has done. While the packet loop does not answer, with its latest
    /// counts.
    public func status() async -> AgentStatus {
        try? await look()
        return AgentStatus(
            version: Release.version, pid: settings.pid,
            uptimeSeconds: Double((clock.now - started).wholeMilliseconds) / 1000,
            halted: halted, onDemand: settings.onDemand, netns: settings.netns,
            queue: path.queues?.first,
            queues: path.queues,
            statement: path.statement, prefilter: prefilter, faults: armed(), counters: counters,
            journal: feed.journal.status, unguarded: unguarded)
    }

    /// The faults in force, in arming order.
    public func faults() async -> [ArmedFault] {
        try? await look()
        return armed()
    }

    /// One fault in force.
    public func fault(_ id: String) async throws(APIError) -> ArmedFault {
        try? await look()
        guard let lease = table[id] else { throw Self.noFault(id) }
        return lease.armed(at: clock.now)
    }

    /// Whether the packet loop answers: the same round trip as the heartbeat's. Well without its guard too.
    public func health() async -> Health {
        do throws(DataPathError) {
            try await look()
            return Health(healthy: true, problem: unguarded)
        } catch {
            return Health(healthy: false, problem: error.problem)
        }
    }

    /// What the tables of others do to port 53. Who asks while the agent looks gets what it finds then: one look at a
    /// time, however many ask.
    public func survey() async throws(APIError) -> Survey {
        let look: Task<Result<Survey, DataPathError>, Never>
        if let looking {
            look = looking
        } else {
            look = Task { [path] in
                do throws(DataPathError) {
                    return .success(try await path.survey())
                } catch {
                    return .failure(error)
                }
            }
            looking = look
        }
        let outcome = await look.value
        if looking == look { looking = nil }
        do throws(DataPathError) {
            return try outcome.get()
        } catch {
            throw error.apiError
        }
    }

    private func armed() -> [ArmedFault] {
        let now = clock.now
        return table.leases.map { $0.armed(at: now) }
    }
}
