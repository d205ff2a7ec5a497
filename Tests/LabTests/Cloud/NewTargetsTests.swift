import Testing
import Wire

@testable import Lab

struct NewTargetsTests {
    private func share(_ targets: inout NewTargets, of requests: Int = 30) -> Int {
        var count = 0
        for _ in 0..<requests where targets.next(in: 1) != nil { count += 1 }
        return count
    }

    @Test func waitForTheirChecks() {
        var targets = NewTargets(waitsForHealth: true)
        #expect(targets.registered.isEmpty && share(&targets) == 0)
        targets.register()
        #expect(
            targets.registered.map(\.description) == [
                "10.1.33.10:8090", "10.1.33.20:8090", "10.1.33.30:8090",
            ])
        #expect(share(&targets) == 0)
        let own = NewTargets.endpoint(1)
        for passed in [true, false, true] { targets.checked(own, passed: passed) }
        #expect(share(&targets) == 0 && targets.status.inService == 0)
        targets.checked(own, passed: true)
        #expect(share(&targets) == 10 && targets.status.inService == 1)
        #expect(targets.next(in: 0) == nil && targets.next(in: 2) == nil)
        // Who is registered already stays as he is.
        targets.register()
        #expect(targets.status.inService == 1)
        for _ in 0..<3 { targets.checked(own, passed: false) }
        #expect(share(&targets) == 0)
    }

    @Test func carelesslyGetRequestsAtOnce() {
        var targets = NewTargets(waitsForHealth: false)
        #expect(share(&targets) == 0)
        targets.register()
        for _ in 0..<3 { targets.checked(NewTargets.endpoint(1), passed: false) }
        #expect(share(&targets) == 10)
        #expect(targets.status.registered == 3 && targets.status.inService == 3)
    }
}
