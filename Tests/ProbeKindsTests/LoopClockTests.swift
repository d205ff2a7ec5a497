import NIOCore
import NIOPosix
import Testing

@testable import ProbeKinds

@Suite(.timeLimit(.minutes(1))) struct LoopClockTests {
    @Test func `it waits until then, and not before`() async throws {
        let clock = LoopClock()
        for wait in [-5, 0, 1, 20] {
            let deadline = clock.now + .milliseconds(wait)
            try await clock.sleep(until: deadline, tolerance: nil)
            #expect(clock.now >= deadline)
        }
    }

    @Test func `a wait ends with its task`() async {
        let wait = Task { try await LoopClock().sleep(for: .seconds(3600)) }
        wait.cancel()
        await #expect(throws: (any Error).self) { try await wait.value }
    }

    /// What makes checks cheap: clock, check and connection on one thread.
    @Test func `tasks stay on the thread of their loop`() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let stayed = await Task(executorPreference: LoopExecutor(loop)) {
            let before = loop.inEventLoop
            try? await LoopClock().sleep(for: .milliseconds(1))
            return before && loop.inEventLoop
        }.value
        #expect(stayed)
    }
}
