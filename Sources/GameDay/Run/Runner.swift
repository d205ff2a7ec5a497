import Control
import ProbeKinds
import Spec

/// Runs a game day: watches the steady state, arms and lifts phase by phase, judges, and leaves
/// nothing armed, however it ends.
///
/// Everything that happens is told to `tell`, in order, from one task at a time. Should the process
/// be killed, its faults end with their leases.
public struct Runner: Sendable {
    let plan: Plan
    let gate: any FaultGate
    let options: RunOptions
    let confirmations: Confirmations
    let clock: RunClock
    let desk: RunDesk
    let steps: StepRunner

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
    ///   lifts, or ends the recovery; a second skips what is left of `always` too.
    public func run(interrupts: AsyncStream<String>) async -> Verdict {
        // The director must reach the end of its lifting whatever is cancelled around it.
        let director = Task { await direct() }
        let signals = Task {
            var count = 0
            for await name in interrupts {
                count += 1
                await desk.interrupt(by: name)
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
        if steady, last > 0, await !desk.isInterrupted, !Task.isCancelled {
            await recover(plan.phases[last], index: last)
        }
        await settle()
        await desk.concludeAll()
        let ending = await RunEnding(
            stopped: desk.stopped, isSteady: steady, failures: desk.failures,
            failedSteps: desk.failedSteps, judged: desk.judged,
            undecided: desk.undecided, isDryRun: options.dryRun, at: clock.now)
        return ending.verdict
    }
}
