import ProbeKinds

/// What goes on beside the phases: probes, and time.
extension Runner {
    func tick() async {
        var next = clock.now
        while !Task.isCancelled {
            next = max(next, clock.now) + .milliseconds(100)
            guard (try? await clock.sleep(until: next)) != nil else { return }
            await desk.tick()
        }
    }

    /// Checks until it is cancelled. A probe that cannot begin ends the run before it begins.
    func watchProbes() async {
        let entries = plan.gameDay.probes.map { spec in
            ProbeSchedule<LoopClock>.Entry(
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
            do throws(ProbeSchedule<LoopClock>.Failure) {
                try await ProbeSchedule(entries, clock: LoopClock()).run {
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
}
