import Control
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(1))) struct AgentPulseTests {
    @Test func everySecondARoundTripAndThenTheKernel() async throws {
        let world = World()
        _ = try await world.arm("a.b")
        await world.path.next(.renew)
        for _ in 1...5 {
            world.clock.advance(by: .seconds(1))
            await world.path.next(.snapshot)
            await world.path.next(.renew)
        }
        #expect(world.path.log.count { $0.kind == .renew } == 6)
    }

    /// The loop is stuck: the kernel must not hear that all is well, and hears it again afterwards.
    @Test func aHungLoopLetsTheKernelLeaseEnd() async throws {
        let world = World()
        let events = world.events()
        _ = try await world.arm("a.b")
        await world.path.next(.renew)
        world.path.hang(.snapshot)
        for _ in 1...6 {
            world.clock.advance(by: .seconds(1))
            await world.path.next(.snapshot)
            world.clock.advance(by: Agent.healthLimit)
        }
        #expect(world.path.log.count { $0.kind == .renew } == 1)
        #expect(try await events.next(.error)?.why?.hasPrefix("heartbeat: ") == true)
        world.path.release()
        world.clock.advance(by: .seconds(1))
        await world.path.next(.renew)
        // Six failures in a row are one line.
        _ = try await world.agent.lift("f1", by: world.owner)
        #expect(try await events.next()?.event == .lift)
    }

    /// The guard is gone: one line, and it is well without.
    @Test func aLostGuardIsTold() async throws {
        let world = World()
        let events = world.events()
        _ = try await world.arm("a.b")
        await world.path.next(.renew)
        world.path.lose(guard: "gone")
        for _ in 1...3 {
            world.clock.advance(by: .seconds(1))
            await world.path.next(.renew)
        }
        #expect(try await events.next(.error)?.why == "gone")
        #expect(await world.agent.health() == Health(healthy: true, problem: "gone"))
        #expect(await world.agent.status().unguarded == "gone")
        world.path.lose(guard: nil)
        #expect(await world.agent.health() == Health(healthy: true))
        _ = try await world.agent.lift("f1", by: world.owner)
        #expect(try await events.next()?.event == .lift)
    }

    @Test func idleIsSilent() async throws {
        let world = World()
        _ = try await world.arm("a.b")
        _ = try await world.agent.lift("f1", by: world.owner)
        let before = world.path.log
        world.clock.advance(by: .seconds(10))
        #expect(await world.agent.beats == nil)
        #expect(world.path.log == before)
    }

    @Test func firesAreSummedUpOnceASecond() async throws {
        let world = World()
        _ = try await world.arm("a.b")
        _ = try await world.arm("c.d")
        let events = world.events()
        await world.path.next(.renew)
        await world.path.next(.renew)
        world.path.count("f2", fired: 5)
        for _ in 1...2 {
            world.clock.advance(by: .seconds(1))
            await world.path.next(.renew)
        }
        world.path.count("f2", fired: 8)
        world.clock.advance(by: .seconds(1))
        await world.path.next(.renew)
        let first = try #require(try await events.next())
        #expect(first.event == .fireSummary && first.fault == "f2" && first.counts?.fired == 5)
        let second = try #require(try await events.next())
        #expect(second.event == .fireSummary && second.counts?.fired == 8)
    }

    @Test func statusAnswersWhileTheLoopHangs() async throws {
        let world = World()
        _ = try await world.arm("a.b")
        world.path.count("f1", fired: 2)
        #expect(await world.agent.status().faults.first?.counts.fired == 2)
        #expect(await world.agent.health() == Health(healthy: true))
        world.path.hang(.snapshot)
        async let status = world.agent.status()
        async let health = world.agent.health()
        await world.path.next(.snapshot)
        await world.path.next(.snapshot)
        await world.path.next(.snapshot)
        await world.path.next(.snapshot)
        world.clock.advance(by: Agent.healthLimit)
        #expect(await status.counters.received == 9)
        #expect(await !health.healthy)
        world.path.release()
    }
}
