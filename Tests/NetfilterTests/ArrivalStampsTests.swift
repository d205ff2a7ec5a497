import Glibc
import Synchronization
import Testing

@testable import Netfilter

@Suite struct ArrivalStampsTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let stamp: UInt64
        let expected: UInt64
    }

    static let second: UInt64 = 1_000_000_000
    /// The loop's clock and the wall clock at the same moment.
    static let now = 50 * second
    static let wallNow = 1_000_000 * second

    @Test(arguments: [
        Case(testDescription: "no stamp", stamp: 0, expected: now),
        Case(testDescription: "just now", stamp: wallNow, expected: now),
        Case(testDescription: "3 ms ago", stamp: wallNow - 3_000_000, expected: now - 3_000_000),
        Case(
            testDescription: "as long as may be", stamp: wallNow - 2 * second,
            expected: now - 2 * second),
        Case(testDescription: "the clock was put on", stamp: wallNow - 3 * second, expected: now),
        Case(testDescription: "the clock was put back", stamp: wallNow + 1, expected: now),
        Case(testDescription: "nonsense", stamp: .max, expected: now),
    ])
    func onTheLoopsClock(_ row: Case) {
        let got = ArrivalStamps.monotonic(row.stamp, now: Self.now, wallNow: Self.wallNow)
        #expect(got == row.expected)
    }

    @Test func notBeforeTheStartOfTheClock() {
        #expect(ArrivalStamps.monotonic(5, now: 3, wallNow: 9) == 3)
    }
}

extension KernelTests {
    @Suite struct ArrivalStampKernelTests {
        /// A packet that waits while the loop is busy entered before the loop took it. The kernel
        /// stamps a moment after the first socket asks, so there are some rounds.
        @Test func beforeTheWait() throws {
            let busy: UInt64 = 20_000_000
            let waits = Mutex<[UInt64]>([])
            let rig = try Rig { _, info, _ in
                waits.withLock { $0.append(info.arrival - info.entered) }
                return .accept
            }
            let pair = try Pair()
            func wait() throws -> UInt64 {
                // The loop is in the command while the answer is sent.
                let (entered, leave) = (try Signal(), try Signal())
                rig.loop.perform { _, reply in
                    entered.raise()
                    leave.wait()
                    let start = monotonicNow()
                    while monotonicNow() - start < busy {}
                }
                entered.wait()
                try pair.answer("x")
                leave.raise()
                try rig.waitUntilJudged()
                return waits.withLock { $0.removeLast() }
            }
            #expect(try wait() == 0, "nobody asked for stamps")
            _ = rig.loop.value { _, reply in reply.stampArrivals(true) }
            var longest: UInt64 = 0
            for _ in 0..<50 where longest < busy { longest = max(longest, try wait()) }
            #expect(longest >= busy)
            _ = rig.loop.value { _, reply in reply.stampArrivals(false) }
            #expect(try wait() == 0, "no longer")
        }
    }

    @Suite struct PriorityLenderTests {
        /// The kernel's priority of the calling thread (proc_pid_stat(5), field 18): 20 for an
        /// ordinary one, -1 - rtprio for a real-time one.
        static var priority: Int? {
            // Behind the name in parentheses comes field 3.
            let fields = readTextFile("/proc/thread-self/stat").split(separator: ")").last?
                .split(separator: " ")
            return fields.flatMap { $0.count > 15 ? Int($0[15]) : nil }
        }

        @Test func lendsAndTakesBack() {
            // An ordinary user may not take real-time priority, and so has none to lend.
            guard PriorityLender.start(priority: 1) else { return }
            guard let lender = PriorityLender.shared.withLock({ $0 }) else {
                Issue.record("started, and not there")
                return
            }
            let ordinary = Self.priority
            for _ in 0..<3 {
                while !lender.borrow() {}
                // The lender has to wake up and wait for us first.
                let start = monotonicNow()
                while Self.priority != -2, monotonicNow() - start < 2_000_000_000 {}
                #expect(Self.priority == -2)
                #expect(!lender.borrow(), "one at a time")
                lender.giveBack()
                #expect(Self.priority == ordinary)
            }
        }
    }
}
