import Control

/// Faults and steps, as they come and go.
extension RunDesk {
    // MARK: Faults

    func armed(_ fault: ArmedFault, name: String, endsAt: Duration?, stops conditions: [Expected]) {
        let now = clock.now
        let phase = current?.phase ?? 0
        if firstArm == nil {
            firstArm = now
            stops = conditions.map {
                Watch($0, role: .stop, phase: phase, baseline: baselines[$0.probe])
            }
        }
        armed.append(ArmedName(id: fault.id, name: name, endsAt: endsAt))
        say(
            .armed(
                .init(
                    id: fault.id, name: name, phase: phase, names: fault.names,
                    effects: fault.effects, seed: fault.seed, dryRun: fault.dryRun,
                    spec: fault.spec)), at: now)
    }

    func counted(_ id: String, _ new: FaultCounts) {
        guard armed.contains(where: { $0.id == id }), counts[id] != new else { return }
        counts[id] = new
        say(.counts(.init(id: id, counts: new)))
    }

    /// A fault is no longer in force.
    ///
    /// - Returns: False if that was known.
    @discardableResult
    func forget(_ id: String, why: String, counts final: FaultCounts? = nil) -> Bool {
        guard let index = armed.firstIndex(where: { $0.id == id }) else { return false }
        armed.remove(at: index)
        say(.lifted(.init(id: id, why: why, counts: final ?? counts[id])))
        return true
    }

    // MARK: Steps

    func beginStep(_ step: Step, phase: Int?) -> Int {
        steps += 1
        say(
            .stepBegan(
                .init(
                    step: steps, phase: phase, kind: step.kind, text: step.text, role: step.role)))
        return steps
    }

    func endStep(_ number: Int, _ step: Step, _ result: StepResult, seconds: Double) {
        if !result.passed {
            failures.append("step \(step.words)")
            failedSteps += 1
        }
        say(
            .stepEnded(
                .init(
                    step: number, passed: result.passed, seconds: seconds, detail: result.detail,
                    who: result.who)))
    }
}
