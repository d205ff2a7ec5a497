import Control
import ProbeKinds
import Spec

/// Runs a game day: watches the steady state, arms and lifts phase by phase, judges, and leaves
/// nothing armed, however it ends.
///
/// Everything that happens is told to `tell`, in order, from one task at a time. Should the process
/// be killed, its faults end with their leases.
public struct Runner: Sendable {
    private let plan: Plan
    private let gate: any FaultGate
    private let options: RunOptions
    private let confirmations: Confirmations
    private let clock: RunClock
    private let desk: RunDesk
    private let steps: StepRunner

    /// - Parameters:
    ///   - environment: For the commands of `run` steps, beside that of this process.
    ///   - tell: Hears every event.
    public init(
        _ plan: Plan, gate: any FaultGate, options: RunOptions = RunOptions(),
        confirmations: Confirmations = Confirmations(), environment: [String: String] = [:],
        clock: RunClock = RunClock(), tell: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.plan = plan
        self.gate = gate
        self.options = options
        self.confirmations = confirmations
        self.clock = clock
        desk = RunDesk(clock: clock, tell: tell)
        steps = StepRunner(confirmations: confirmations, environment: environment)
    }

    /// Runs to the verdict. By then everything is lifted, or `problem` notes say what could not be.
    ///
    /// - Parameter interrupts: Each element asks to stop, saying by what. The first ends the phases and
    ///   lifts; a second skips what is left of `always` and the recovery.
    public func run(interrupts: AsyncStream<String>) async -> Verdict {
        // The director must reach the end of its lifting whatever is cancelled around it.
        let director = Task { await direct() }
        let signals = Task {
            var count = 0
            for await name in interrupts {
                count += 1
                await desk.stop(.interrupted, name)
                if count > 1 { director.cancel() }
            }
        }
        defer { signals.cancel() }
        return await director.value
    }

    // MARK: The order of a run

    private func direct() async -> Verdict {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watchProbes() }
            group.addTask {
                await LeaseKeeper(gate: gate, desk: desk, clock: clock, options: options).run()
            }
            group.addTask { await tick() }
            let verdict = await phases()
            group.cancelAll()
            return verdict
        }
    }

    private func phases() async -> Verdict {
        let last = plan.phases.count - 1
        if await desk.stopped == nil {
            await run(plan.phases[0], index: 0)
            await settle()
        }
        let steady = await desk.failures.isEmpty
        if steady {
            for index in plan.phases.indices.dropFirst().dropLast() {
                guard await desk.stopped == nil else { break }
                await run(plan.phases[index], index: index)
            }
        }
        await liftAll(why: await desk.stopped == nil ? "the run is over" : "the run was ended")
        for step in plan.gameDay.always {
            guard !Task.isCancelled else {
                await desk.remark("not done, interrupted twice: \(step.words)")
                continue
            }
            await perform(step, phase: nil)
        }
        // Somebody who interrupts does not want to wait for it; nor was there anything to recover from.
        if steady, last > 0, await desk.stopped?.cause != .interrupted, !Task.isCancelled {
            await recover(plan.phases[last], index: last)
        }
        await settle()
        await desk.concludeAll()
        return await verdict(steady: steady)
    }

    private func run(_ phase: PlannedPhase, index: Int) async {
        await desk.begin(phase, index: index)
        let began = clock.now
        for name in phase.lift { await lift(named: name, why: "the phase says so") }
        for arming in phase.arm {
            guard await desk.stopped == nil else { break }
            await arm(arming)
        }
        let reason = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for step in phase.steps {
                    guard await desk.stopped == nil, !Task.isCancelled else { return }
                    await perform(step, phase: index)
                }
                await desk.finishSteps()
            }
            let reason = await wait(until: phase.length.map { began + $0 })
            group.cancelAll()
            return reason
        }
        await desk.end(reason)
    }

    /// Waits for the end of a phase: its own, and that of its steps.
    private func wait(until end: Duration?) async -> RunEvent.PhaseEnded.Reason {
        var reason: RunEvent.PhaseEnded.Reason?
        while true {
            if await desk.stopped != nil || Task.isCancelled { return .stopped }
            let reached = await desk.reached
            let areStepsDone = await desk.areStepsDone
            if reason == nil {
                if reached {
                    reason = .until
                } else if let end {
                    if clock.now >= end { reason = .time }
                } else if areStepsDone {
                    reason = .steps
                }
            }
            if let reason, areStepsDone { return reason }
            await next(before: reason == nil ? end : nil)
        }
    }

    /// Waits for the doorbell, or for a time.
    private func next(before end: Duration?) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await desk.doorbell.wait() }
            if let end { group.addTask { try? await clock.sleep(until: end) } }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits until every check that began in a phase has ended, so that its judgement is whole.
    private func settle() async {
        let longest = plan.gameDay.probes.map { $0.timeout + $0.every }.max() ?? .zero
        let end = clock.now + longest + .milliseconds(500)
        while await !desk.isConcluded, clock.now < end, !Task.isCancelled {
            await next(before: end)
        }
        await desk.concludeAll()
    }

    private func recover(_ phase: PlannedPhase, index: Int) async {
        await desk.begin(phase, index: index)
        let end = phase.length.map { clock.now + $0 }
        var reason = RunEvent.PhaseEnded.Reason.time
        let stopped = await desk.stopped
        while true {
            if await desk.reached {
                reason = .until
                break
            }
            // A second reason to stop is an interruption.
            if Task.isCancelled {
                reason = .stopped
                break
            }
            if let end, clock.now >= end { break }
            await next(before: end)
            if stopped == nil, await desk.stopped != nil {
                reason = .stopped
                break
            }
        }
        await desk.end(reason)
    }

    // MARK: Faults

    private func arm(_ arming: PlannedPhase.Arming) async {
        let request = ArmRequest(
            body: arming.fault.json(), format: .json, name: arming.name, for: arming.lifetime,
            lease: options.lease, dryRun: options.dryRun)
        do {
            let fault = try await gate.arm(request)
            await desk.armed(
                fault, name: arming.name, endsItself: arming.endsItself, stops: plan.stop)
        } catch {
            let cause: RunEvent.Stopped.Cause =
                if case .refused(let reply, _) = error, reply.code != .halted { .error } else {
                    .agent
                }
            await desk.stop(cause, "\(arming.name) could not be armed: \(error)")
        }
    }

    private func lift(named name: String, why: String) async {
        for fault in await desk.armed where fault.name == name { await lift(fault, why: why) }
    }

    private func lift(_ fault: RunDesk.ArmedName, why: String) async {
        // Not to be cut short by the very interruption that asks for it.
        await Task { await liftNow(fault, why: why) }.value
    }

    private func liftNow(_ fault: RunDesk.ArmedName, why: String) async {
        do {
            let last = try await gate.lift(fault.id)
            await desk.forget(fault.id, why: why, counts: last.counts)
        } catch .refused(let reply, _) where reply.code == .notFound {
            await desk.forget(fault.id, why: "it had ended")
        } catch .noAgent {
            // Nothing survives the agent.
            await desk.forget(fault.id, why: "the agent is gone, and the fault with it")
        } catch {
            await desk.forget(
                fault.id,
                why: "it could not be lifted (\(error)) and ends with its lease, within "
                    + options.lease.spec)
        }
    }

    private func liftAll(why: String) async {
        for fault in await desk.armed.reversed() { await lift(fault, why: why) }
    }

    // MARK: Beside the phases

    private func perform(_ step: Step, phase: Int?) async {
        let number = await desk.beginStep(step, phase: phase)
        let began = clock.now
        let result = await steps.run(step, number: number)
        await desk.endStep(number, step, result, seconds: (clock.now - began).inSeconds)
    }

    private func tick() async {
        var next = clock.now
        while !Task.isCancelled {
            next = max(next, clock.now) + .milliseconds(100)
            guard (try? await clock.sleep(until: next)) != nil else { return }
            await desk.tick()
        }
    }

    /// Checks until it is cancelled. A probe that cannot begin ends the run before it begins.
    private func watchProbes() async {
        let entries = plan.gameDay.probes.map { spec in
            ProbeSchedule<ContinuousClock>.Entry(
                name: spec.name, probe: spec.probe, every: spec.every, timeout: spec.timeout,
                wanted: plan.gameDay.facts(of: spec.name))
        }
        let (results, feed) = AsyncStream.makeStream(of: Result.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // One task takes all results, so that they are judged in the order of their ends.
                for await result in results {
                    await desk.record(result.probe, began: result.began, result.observation)
                }
            }
            do throws(ProbeSchedule<ContinuousClock>.Failure) {
                try await ProbeSchedule(entries, clock: ContinuousClock()).run {
                    (name, instant, observation) in
                    feed.yield(
                        Result(
                            probe: name, began: clock.elapsed(instant), observation: observation))
                }
            } catch {
                await desk.stop(.error, "the probe \(error.probe) cannot begin: \(error.problem)")
            }
            feed.finish()
        }
    }

    private struct Result: Sendable {
        var probe: String
        var began: Duration
        var observation: Observation
    }

    private func verdict(steady: Bool) async -> Verdict {
        let failures = await desk.failures
        let judged = await desk.judged
        let at = clock.now.wholeMilliseconds
        let stopped = await desk.stopped
        let failed =
            "\(failures.count) of \(judged) expectations not met: "
            + failures.prefix(3).joined(separator: "; ") + (failures.count > 3 ? "; …" : "")
        switch stopped?.cause {
        case .interrupted:
            return Verdict(
                outcome: .interrupted, summary: "by \(stopped?.why ?? "")", exitCode: 5,
                at: at)
        case .condition, .agent:
            return Verdict(
                outcome: .stopped, summary: stopped?.why ?? "", exitCode: 4, at: at)
        case .error:
            return Verdict(
                outcome: .error, summary: stopped?.why ?? "", exitCode: 2, at: at)
        case nil: break
        }
        if !steady {
            return Verdict(
                outcome: .notStarted,
                summary: "the steady state did not hold before the first fault; nothing was armed: "
                    + failures.joined(separator: "; "), exitCode: 1, at: at)
        }
        if !failures.isEmpty {
            return Verdict(outcome: .failed, summary: failed, exitCode: 1, at: at)
        }
        return Verdict(
            outcome: .held, summary: "all \(judged) expectations met", exitCode: 0, at: at)
    }
}
