import Control

/// The phases of a run, one at a time.
extension Runner {
    /// Faults that only count make no service degrade as promised.
    private func decides(_ phase: PlannedPhase) -> Bool {
        !options.dryRun || phase.part != .phase
    }

    func run(_ phase: PlannedPhase, index: Int) async {
        await desk.begin(phase, index: index, decides: decides(phase))
        let began = clock.now
        for name in phase.lift { await lift(named: name, why: "the phase says so") }
        for arming in phase.arm {
            guard await desk.stopped == nil, !Task.isCancelled else { break }
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
    func settle() async {
        let longest = plan.gameDay.probes.map { $0.timeout + $0.every }.max() ?? .zero
        let end = clock.now + longest + .milliseconds(500)
        while await !desk.isConcluded, clock.now < end, !Task.isCancelled {
            await next(before: end)
        }
        await desk.concludeAll()
    }

    func recover(_ phase: PlannedPhase, index: Int) async {
        await desk.begin(phase, index: index, decides: decides(phase))
        let end = phase.length.map { clock.now + $0 }
        var reason = RunEvent.PhaseEnded.Reason.time
        let stopped = await desk.stopped
        while true {
            if await desk.reached {
                reason = .until
                break
            }
            if await desk.isInterrupted {
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

    func perform(_ step: Step, phase: Int?) async {
        let number = await desk.beginStep(step, phase: phase)
        let began = clock.now
        let result = await steps.run(step, number: number)
        await desk.endStep(number, step, result, seconds: (clock.now - began).inSeconds)
    }
}
