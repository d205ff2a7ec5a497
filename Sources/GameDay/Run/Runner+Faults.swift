import Control
import Spec

/// Arming and lifting.
extension Runner {
    func arm(_ arming: PlannedPhase.Arming) async {
        // What has been asked for is waited for: an interruption in between would leave a fault, or an
        // agent that waits for one, that nobody lifts.
        await Task { await armNow(arming) }.value
    }

    private func armNow(_ arming: PlannedPhase.Arming) async {
        let request = ArmRequest(
            body: arming.fault.json(), format: .json, name: arming.name, for: arming.lifetime,
            lease: options.lease, dryRun: options.dryRun)
        // Counted from before the call, so not later than by the agent.
        let endsAt = arming.endsItself ? clock.now + arming.lifetime : nil
        do {
            let fault = try await gate.arm(request)
            await desk.armed(fault, name: arming.name, endsAt: endsAt, stops: plan.stop)
        } catch {
            let cause: RunEvent.Stopped.Cause =
                if case .refused(let reply, _) = error, reply.code != .halted { .error } else {
                    .agent
                }
            await desk.stop(cause, "\(arming.name) could not be armed: \(error)")
        }
    }

    func lift(named name: String, why: String) async {
        for fault in await desk.armed where fault.name == name { await lift(fault, why: why) }
    }

    /// Lifts everything, the last armed first.
    func liftAll(why: String) async {
        var isSilent = false
        for fault in await desk.armed.reversed() {
            // Each call to an agent that hangs takes as long as leases do to end by themselves.
            if isSilent {
                await desk.forget(fault.id, why: unlifted("the agent does not answer"))
            } else {
                isSilent = await !lift(fault, why: why)
            }
        }
    }

    /// - Returns: False if the agent did not answer.
    @discardableResult
    private func lift(_ fault: RunDesk.ArmedName, why: String) async -> Bool {
        // Not to be cut short by the very interruption that asks for it.
        await Task { await liftNow(fault, why: why) }.value
    }

    private func liftNow(_ fault: RunDesk.ArmedName, why: String) async -> Bool {
        do {
            let last = try await gate.lift(fault.id)
            await desk.forget(fault.id, why: why, counts: last.counts)
        } catch .refused(let reply, _) where reply.code == .notFound {
            await desk.forget(fault.id, why: "it had ended")
        } catch .noAgent {
            // Nothing survives the agent.
            await desk.forget(fault.id, why: "the agent is gone, and the fault with it")
        } catch .timeout {
            await desk.forget(fault.id, why: unlifted("the agent does not answer"))
            return false
        } catch {
            await desk.forget(fault.id, why: unlifted("\(error)"))
        }
        return true
    }

    private func unlifted(_ problem: String) -> String {
        "it could not be lifted (\(problem)) and ends with its lease, within \(options.lease.spec)"
    }
}
