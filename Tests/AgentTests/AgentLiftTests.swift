import Control
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(1))) struct AgentLiftTests {
    @Test func liftsTheDataPathFirst() async throws {
        let world = World()
        _ = try await world.arm("a.b")
        _ = try await world.arm("c.d")
        world.path.count("f1", fired: 3)
        let events = world.events()
        let lifted = try await world.agent.lift("f1", by: world.owner)
        #expect(world.path.log.suffix(2) == [.end(["f1"]), .enforce(["f2"])])
        #expect(lifted.counts.fired == 3)
        let event = try #require(try await events.next())
        #expect(event.event == .lift && event.fault == "f1" && event.who == world.owner)
        #expect(event.counts?.fired == 3)
        await #expect(throws: APIError(.notFound, "no fault `f1` is armed")) {
            try await world.agent.lift("f1", by: world.owner)
        }
    }

    @Test func endsWhenItsTimeIsOver() async throws {
        let world = World()
        let events = world.events()
        _ = try await world.arm("a.b", for: .seconds(60))
        _ = try await world.arm("c.d", for: .seconds(90))
        world.clock.advance(by: .seconds(60))
        let event = try #require(try await events.next(.end))
        #expect(event.fault == "f1" && event.who == nil && event.counts != nil)
        #expect(event.time == world.clock.wall)
        #expect(await world.agent.faults().map(\.id) == ["f2"])
        world.clock.advance(by: .seconds(30))
        #expect(try await events.next(.end)?.fault == "f2")
    }

    @Test func endsWhenItsLeaseIsNotRenewed() async throws {
        let world = World()
        let events = world.events()
        _ = try await world.arm("a.b", lease: .seconds(10))
        world.clock.advance(by: .seconds(9))
        let renewed = try await world.agent.renew("f1")
        #expect(renewed.remainingSeconds == 10)
        world.clock.advance(by: .seconds(9))
        #expect(await world.agent.faults().map(\.id) == ["f1"])
        world.clock.advance(by: .seconds(1))
        #expect(try await events.next(.leaseEnd)?.fault == "f1")
        await #expect(throws: APIError.self) { try await world.agent.renew("f1") }
    }

    @Test func renewalDoesNotOutliveFor() async throws {
        let world = World()
        let events = world.events()
        _ = try await world.arm("a.b", for: .seconds(15), lease: .seconds(10))
        world.clock.advance(by: .seconds(9))
        #expect(try await world.agent.renew("f1").remainingSeconds == 6)
        world.clock.advance(by: .seconds(6))
        #expect(try await events.next(.end)?.fault == "f1")
    }

    @Test func haltLiftsAndRefuses() async throws {
        let world = World()
        _ = try await world.arm("a.b")
        _ = try await world.arm("c.d")
        let events = world.events()
        let status = try await world.agent.halt(by: world.owner)
        #expect(status.halted && status.faults.isEmpty && status.prefilter == .idle)
        #expect(world.path.log.suffix(2) == [.end(["f1", "f2"]), .enforce([])])
        #expect(try await events.next()?.event == .halt)
        #expect(try await events.next()?.why == "halt")
        _ = try await events.next()
        await #expect {
            try await world.arm("a.b")
        } throws: { error in
            (error as? APIError)?.code == .halted
        }
        #expect(try await events.next()?.event == .refuse)
        #expect(await !world.agent.resume(by: world.owner).halted)
        #expect(try await events.next()?.event == .resume)
        _ = try await world.arm("a.b")
    }

    /// Without turns, the halt would find nothing to lift while the kernel is being told.
    @Test func haltIsNotOvertakenByAnArm() async throws {
        let world = World()
        world.path.hang(.begin)
        async let first = world.arm("a.b")
        await world.path.next(.begin)
        async let second = world.arm("c.d")
        async let halt = world.agent.halt(by: world.owner)
        // The halt is in force as soon as the agent has heard of it; only its lifting waits.
        while await !world.agent.halted { await Task.yield() }
        world.path.release()
        #expect(try await first.id == "f1")
        #expect(try await halt.faults.isEmpty)
        do {
            _ = try await second
            Issue.record("armed while halted")
        } catch {
            #expect((error as? APIError)?.code == .halted)
        }
        #expect(world.path.begun.isEmpty)
    }

    @Test func liftingAllReturnsThem() async throws {
        let world = World()
        _ = try await world.arm("a.b")
        _ = try await world.arm("c.d")
        #expect(try await world.agent.liftAll(by: world.owner).map(\.id) == ["f1", "f2"])
        #expect(try await world.agent.liftAll(by: world.owner).isEmpty)
    }

    @Test func aHungDataPathIsSaidAndTheFaultIsOut() async throws {
        let world = World()
        _ = try await world.arm("a.b")
        world.path.hang(.end)
        async let lifted = world.agent.lift("f1", by: world.owner)
        await world.path.next(.end)
        world.clock.advance(by: Agent.pathLimit)
        do {
            _ = try await lifted
            Issue.record("it says that the next answer is clean")
        } catch {
            #expect((error as? APIError)?.code == .kernel)
        }
        #expect(await world.agent.faults().isEmpty)
        #expect(world.path.enforced.isEmpty)
        world.path.release()
    }

    @Test func aRuleTooManyIsOnlyJournalled() async throws {
        let world = World()
        let events = world.events()
        _ = try await world.arm("a.b")
        world.path.fail(.enforce, .kernel("busy"))
        _ = try await world.agent.lift("f1", by: world.owner)
        #expect(try await events.next(.error)?.why == "taking rules out: busy")
        #expect(try await events.next()?.event == .lift)
    }

    @Test func stopLiftsAndCloses() async throws {
        let world = World()
        _ = try await world.arm("a.b")
        let events = world.events()
        await world.agent.stop("test")
        #expect(world.path.log.suffix(3) == [.end(["f1"]), .enforce([]), .close])
        #expect(try await events.next()?.event == .lift)
        #expect(try await events.next()?.event == .stop)
        #expect(try await events.next() == nil)
        await #expect {
            try await world.arm("a.b")
        } throws: { error in
            (error as? APIError)?.code == .stopping
        }
    }

    @Test func anOnDemandAgentLeavesWithTheLastFault() async throws {
        let world = World(onDemand: true)
        var idle = world.agent.idle.makeAsyncIterator()
        _ = try await world.arm("a.b")
        _ = try await world.arm("c.d")
        #expect(await !world.agent.leave())
        _ = try await world.agent.lift("f1", by: world.owner)
        #expect(await !world.agent.leave())
        _ = try await world.agent.lift("f2", by: world.owner)
        await idle.next(isolation: #isolation)
        #expect(await world.agent.leave())
        await #expect(throws: APIError.self) { try await world.arm("a.b") }
    }

    /// Leaving would forget the halt: the next client would start an agent that arms.
    @Test func aHaltedAgentStays() async throws {
        let world = World(onDemand: true)
        _ = try await world.agent.halt(by: world.owner)
        #expect(await !world.agent.leave())
        _ = await world.agent.resume(by: world.owner)
        #expect(await world.agent.leave())
    }
}
