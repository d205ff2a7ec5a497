import Control
import Testing

@testable import Agent

@Suite struct LeaseTests {
    private func lease(
        _ id: String = "f1", for duration: Duration = .seconds(60), lease: Duration? = nil
    ) throws -> Lease {
        Lease(
            id: id, fault: try SpecReader.plain.fault("a.b", nil), seed: 1, dryRun: false,
            owner: Owner(uid: 0, pid: 1), armedAt: Timestamp(milliseconds: 0), ends: duration,
            endsAt: Timestamp(milliseconds: 0) + duration, length: lease, renewed: .zero,
            renewedAt: Timestamp(milliseconds: 0))
    }

    @Test(
        arguments: [
            (60, nil, 0, 59, nil),
            (60, nil, 0, 60, AgentEvent.Kind.end),
            (60, 10, 0, 9, nil),
            (60, 10, 0, 10, .leaseEnd),
            (60, 10, 5, 14, nil),
            (60, 10, 5, 15, .leaseEnd),
            (60, 10, 55, 59, nil),
            (60, 10, 55, 60, .end),
            (10, 60, 0, 10, .end),
        ] as [(Int, Int?, Int, Int, AgentEvent.Kind?)])
    func isOver(
        duration: Int, length: Int?, renewed: Int, now: Int, expected: AgentEvent.Kind?
    ) throws {
        var lease = try lease(for: .seconds(duration), lease: length.map { .seconds($0) })
        lease.renewed = .seconds(renewed)
        lease.renewedAt = Timestamp(milliseconds: Int64(renewed) * 1000)
        #expect(lease.over(at: .seconds(now)) == expected)
        // The time of day says the same as the clock.
        #expect(lease.leaseEndsAt.milliseconds == lease.leaseEnds.wholeMilliseconds)
    }

    @Test func theTableKeepsOrderAndNeverReusesAnID() throws {
        var table = LeaseTable()
        for _ in 1...3 { table.add(try lease(table.nextID())) }
        #expect(table.remove(["f2", "f9"]).map(\.id) == ["f2"])
        #expect(table.leases.map(\.id) == ["f1", "f3"])
        #expect(table.nextID() == "f4")
        #expect(table["f2"] == nil)
    }

    @Test func anIDSaysWhoseItIs() throws {
        var (first, second) = (LeaseTable(mark: "-abc"), LeaseTable(mark: "-xyz"))
        #expect([first.nextID(), first.nextID()] == ["f1-abc", "f2-abc"])
        second.add(try lease(second.nextID()))
        // Whoever armed the first agent's f1 does not reach what came after it.
        #expect(second.remove(["f1-abc"]).isEmpty)
        #expect(second["f1-xyz"] != nil && second["f1-abc"] == nil)
        #expect(second["f1"]?.id == "f1-xyz")
    }

    @Test func theNextEndIsTheEarliest() throws {
        var table = LeaseTable()
        #expect(table.nextEnd == nil)
        table.add(try lease("f1", for: .seconds(60)))
        table.add(try lease("f2", for: .seconds(90), lease: .seconds(10)))
        #expect(table.nextEnd == .seconds(10))
        #expect(table.due(at: .seconds(60)).map(\.lease.id) == ["f1", "f2"])
        #expect(table.due(at: .seconds(60)).map(\.why) == [.end, .leaseEnd])
        _ = table.renew("f2", at: .seconds(55), wall: Timestamp(milliseconds: 55_000))
        #expect(table.nextEnd == .seconds(60))
    }

    @Test func firedIsTakenOnce() throws {
        var table = LeaseTable()
        table.add(try lease())
        #expect(table.takeFired().isEmpty)
        table.update(["f1": FaultCounts(seen: 9, fired: 2), "f7": FaultCounts(fired: 1)])
        #expect(table.takeFired().map(\.counts.fired) == [2])
        table.update(["f1": FaultCounts(seen: 19, fired: 2)])
        #expect(table.takeFired().isEmpty)
    }

    @Test(
        arguments: [
            (nil, nil, APIError.Code.lease), (0, nil, .request), (-1, nil, .request),
            (101, nil, .lease), (60, 0, .request), (100, 1, nil),
        ] as [(Int?, Int?, APIError.Code?)])
    func terms(duration: Int?, lease: Int?, refused: APIError.Code?) throws {
        let order = ArmOrder(
            body: "", for: duration.map { .seconds($0) }, lease: lease.map { .seconds($0) },
            owner: Owner(uid: 0, pid: 0))
        let fault = try SpecReader.plain.fault("a.b", nil)
        let code: APIError.Code?
        do throws(APIError) {
            _ = try Terms(order, fault: fault, maximum: .seconds(100))
            code = nil
        } catch {
            code = error.code
        }
        #expect(code == refused)
    }

    @Test func theFaultsOwnLeaseCounts() throws {
        let order = ArmOrder(body: "", owner: Owner(uid: 0, pid: 0))
        let fault = try SpecReader.plain.fault("a.b @30", nil)
        #expect(try Terms(order, fault: fault, maximum: .seconds(30)).duration == .seconds(30))
        #expect(throws: APIError.self) {
            try Terms(order, fault: fault, maximum: .seconds(29))
        }
    }

    @Test(arguments: [
        (0, "0s"), (1, "1ms"), (61_000, "1m1s"), (14_400_000, "4h"), (90_250, "1m30s250ms"),
    ])
    func spoken(milliseconds: Int, text: String) {
        #expect(Duration.milliseconds(milliseconds).spoken == text)
    }
}
