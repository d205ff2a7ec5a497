import Control
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(1))) struct AgentArmTests {
    @Test func armsTheDataPathFirst() async throws {
        let world = World()
        let events = world.events()
        let fault = try await world.arm("a.b", lease: .seconds(10))
        #expect(world.path.log == [.begin("f1"), .enforce(["f1"]), .renew(.seconds(3))])
        #expect(fault.id == "f1" && fault.seed == 7 && fault.owner == world.owner)
        #expect(fault.endsAt == world.clock.wall + .seconds(60))
        #expect(fault.leaseEndsAt == world.clock.wall + .seconds(10))
        #expect(fault.remainingSeconds == 10)
        #expect(world.path.enforced.map(\.remaining) == [.seconds(60)])
        let event = try #require(try await events.next())
        #expect(event.event == .arm && event.fault == "f1" && event.who == world.owner)
        #expect(event.terms == AgentEvent.Terms(fault))
    }

    @Test func aGivenSeedIsKept() async throws {
        let fault = try await World().arm("a.b #42")
        #expect(fault.seed == 42)
    }

    @Test func aDryRunIsToldToTheDataPath() async throws {
        let world = World()
        #expect(try await world.arm("a.b", dryRun: true).dryRun)
        #expect(world.path.begun["f1"]?.dryRun == true)
    }

    @Test(
        arguments: [
            ("?", 60, APIError.Code.spec), ("*", 60, .tooBroad), ("*.corp", 60, .protected),
            ("a.b", nil, .lease), ("a.b", 3601, .lease), ("a.b", 0, .request),
        ] as [(String, Int?, APIError.Code)])
    func refuses(names: String, duration: Int?, code: APIError.Code) async throws {
        let world = World(protected: ["login.corp"])
        let events = world.events()
        await #expect {
            try await world.arm(names, for: duration.map { .seconds($0) })
        } throws: { error in
            (error as? APIError)?.code == code
        }
        #expect(world.path.log.isEmpty)
        #expect(await world.agent.faults().isEmpty)
        let event = try #require(try await events.next())
        #expect(event.event == .refuse && event.who == world.owner)
        #expect(event.name == "plain" || code == .spec)
        #expect(event.why?.isEmpty == false)
    }

    @Test func refusesOneTooMany() async throws {
        let world = World(maximumFaults: 2)
        _ = try await world.arm("a.b")
        _ = try await world.arm("a.b")
        await #expect {
            try await world.arm("a.b")
        } throws: { error in
            (error as? APIError)?.code == .tooMany
        }
        _ = try await world.agent.lift("f1", by: world.owner)
        #expect(try await world.arm("a.b").id == "f3")
    }

    @Test(arguments: [
        (HandPath.Kind.begin, DataPathError.privilege("no"), APIError.Code.privilege),
        (.enforce, .kernel("no"), .kernel),
        (.renew, .kernel("no"), .kernel),
    ])
    func aFailureArmsNothing(
        kind: HandPath.Kind, error: DataPathError, code: APIError.Code
    ) async throws {
        let world = World()
        _ = try await world.arm("a.b")
        world.path.fail(kind, error)
        await #expect {
            try await world.arm("c.d")
        } throws: { error in
            (error as? APIError)?.code == code
        }
        world.path.fail(kind, nil)
        #expect(world.path.begun.keys.sorted() == ["f1"])
        #expect(world.path.enforced.map(\.id) == ["f1"])
        #expect(await world.agent.faults().map(\.id) == ["f1"])
    }

    @Test func aHungDataPathArmsNothing() async throws {
        let world = World()
        world.path.hang(.begin, .end)
        async let armed = world.arm("a.b")
        await world.path.next(.begin)
        world.clock.advance(by: Agent.pathLimit)
        await world.path.next(.end)
        world.clock.advance(by: Agent.pathLimit)
        do {
            _ = try await armed
            Issue.record("it is armed")
        } catch {
            #expect((error as? APIError)?.code == .kernel)
        }
        #expect(await world.agent.faults().isEmpty)
        world.path.release()
    }

    @Test func theLeaseStartsWhenTheFaultIsInForce() async throws {
        let world = World()
        world.path.hang(.enforce)
        async let armed = world.arm("a.b", lease: .seconds(10))
        await world.path.next(.enforce)
        world.clock.advance(by: .seconds(1))
        world.path.release()
        let fault = try await armed
        #expect(fault.leaseEndsAt == world.clock.wall + .seconds(10))
        #expect(fault.endsAt == world.clock.wall + .seconds(59))
    }
}
