import Control

extension Agent {
    /// After every change of what is armed.
    func tableChanged() {
        setTimer()
        if table.isEmpty {
            beats?.cancel()
            beats = nil
            if settings.onDemand, !halted { becameIdle.yield() }
        } else if beats == nil {
            let begun = clock.now
            beats = Task { [weak self, clock] in
                var next = begun
                while !Task.isCancelled {
                    next += Self.heartbeat
                    // A late beat is not made up for.
                    next = max(next, clock.now)
                    guard (try? await clock.sleep(until: next)) != nil else { return }
                    await self?.beat()
                }
            }
        }
    }

    /// Wakes when the next fault is over.
    func setTimer() {
        timer?.cancel()
        guard let end = table.nextEnd else {
            timer = nil
            return
        }
        timer = Task { [weak self, clock] in
            guard (try? await clock.sleep(until: end)) != nil else { return }
            await self?.endDue()
        }
    }

    /// A round trip through the packet loop; only if it comes back, the kernel is told to go on.
    private func beat() async {
        do throws(DataPathError) {
            try await look()
            for lease in table.takeFired() { publish(.fireSummary, lease, counts: lease.counts) }
            try await exclusively { () async throws(DataPathError) in
                guard !table.isEmpty else { return }
                try await onPath { path throws(DataPathError) in
                    try await path.renew(for: Self.kernelLease)
                }
            }
            beatProblem = nil
        } catch {
            guard beatProblem != error.problem else { return }
            beatProblem = error.problem
            publish(.error, why: "heartbeat: \(error.problem)")
        }
    }

    /// Asks the packet loop for its counts.
    func look() async throws(DataPathError) {
        let snapshot = try await onPath(limit: Self.healthLimit) { path throws(DataPathError) in
            try await path.snapshot()
        }
        table.update(snapshot.faults)
        table.update(snapshot.connections)
        counters = snapshot.counters
        if unguarded != snapshot.unguarded, let problem = snapshot.unguarded {
            publish(.error, why: problem)
        }
        unguarded = snapshot.unguarded
    }
}
