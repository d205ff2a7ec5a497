import Control

/// Renews the leases of a run's faults while the run lives, and tells the desk what they have done
/// or that they are gone.
struct LeaseKeeper: Sendable {
    let gate: any FaultGate
    let desk: RunDesk
    let clock: RunClock
    let options: RunOptions

    /// Runs until it is cancelled.
    func run() async {
        var heard = clock.now
        var next = clock.now
        while !Task.isCancelled {
            next += options.renewal
            guard (try? await clock.sleep(until: next)) != nil else { return }
            // After a pause of the whole process, one renewal is enough.
            next = max(next, clock.now - options.renewal)
            switch await renew() {
            case nil: heard = clock.now
            case .gone(let why): await desk.stop(.agent, why)
            case .silent(let why):
                guard clock.now - heard > options.lease else { continue }
                await desk.stop(.agent, why)
            }
        }
    }

    private enum Problem {
        /// There is nothing to wait for.
        case gone(String)
        /// It may yet answer.
        case silent(String)
    }

    private func renew() async -> Problem? {
        for fault in await desk.armed {
            do {
                let known = try await gate.renew(fault.id)
                await desk.counted(fault.id, known.counts)
            } catch .refused(let reply, _) where reply.code == .notFound {
                let isOver = fault.endsAt.map { clock.now >= $0 } ?? false
                // Unless it was lifted while we asked.
                guard await desk.forget(fault.id, why: isOver ? "its time was over" : "gone"),
                    !isOver
                else { continue }
                return .gone("\(fault.name) (\(fault.id)) is gone before its time")
            } catch .noAgent {
                return .gone("the agent is gone, and \(fault.name) with it")
            } catch {
                return .silent("the agent does not answer: \(error)")
            }
        }
        return nil
    }
}
