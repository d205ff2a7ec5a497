import Dispatch
import Foundation
import Glibc
import Netfilter
import Synchronization
import Testing

extension KernelTests {
    /// 10,000 answers held at once: none lost, none early, 99 of 100 late by at most 1 ms.
    ///
    /// Lateness is only ours to bound while other programs do not take the processor away: the
    /// loop's thread and the one that receives ask for real-time priority. An ordinary user does
    /// not get it; then only the rest is asserted.
    @Suite struct HoldPrecisionTests {
        static let count = 10_000
        /// Sockets that receive: each one's buffer alone, even an ordinary user's, takes its share
        /// of the answers.
        static let receivers = 25
        /// Answers on their way to the handler at once; an ordinary user's socket buffer takes
        /// about 300.
        static let window = 100

        @Test(arguments: [0, 1_000] as [UInt64])
        func tenThousandHeld(jitterMilliseconds: UInt64) throws {
            // A kernel without preemption lets others delay even a real-time thread by
            // milliseconds, now and then.
            var lateness: [Int64] = []
            for _ in 0..<3 {
                guard let p99 = try measure(jitterMilliseconds) else { return }
                lateness.append(p99)
                if p99 <= 1_000_000 { return }
            }
            Issue.record("99 of 100 late by up to \(lateness) ns")
        }

        /// One run; what 99 of 100 were late by at most, in ns, or nil without real-time priority.
        private func measure(_ jitterMilliseconds: UInt64) throws -> Int64? {
            let jitter = jitterMilliseconds * 1_000_000
            let asked = Mutex([UInt64](repeating: 0, count: Self.count))
            let rig = try Rig { packet, info, reply in
                let offset = Forge.payloadOffset(packet.array)
                let number = Int(packet[offset]) << 8 | Int(packet[offset + 1])
                // Knuth's hash spreads the waits evenly and the same way each time.
                let spread = jitter == 0 ? 0 : UInt64(number) &* 2_654_435_761 % jitter
                let deadline = info.arrival + 2_000_000_000 + spread
                asked.withLock { $0[number] = deadline }
                return .hold(until: deadline, token: UInt64(number % 7), replaced: false)
            }
            let pair = try Pair()
            let clients = try (0..<Self.receivers).map { _ in
                try TestSocket(bound: Endpoint(address: "127.0.0.1", port: 0))
            }
            let got = Mutex([UInt64](repeating: 0, count: Self.count))
            let received = DispatchSemaphore(value: 0)
            let undisturbed = rig.loop.value { _, _ in Self.takePriority() } == true
            Thread.detachNewThread {
                _ = Self.takePriority()
                Self.receive(clients) { number, time in got.withLock { $0[number] = time } }
                received.signal()
            }
            let ends = clients.map { Endpoint(address: "127.0.0.1", port: $0.port) }
            for number in 0..<Self.count {
                try pair.server.send(
                    [UInt8(number >> 8), UInt8(number & 255)], to: ends[number % Self.receivers])
                if number >= Self.window { try rig.waitUntilJudged() }
            }
            for _ in 0..<Self.window { try rig.waitUntilJudged() }
            let held = rig.loop.value { _, reply in reply.heldCount }
            guard received.wait(timeout: .now() + .seconds(20)) == .success else {
                throw Failure("answers were lost; \(rig.loop.counters)")
            }
            #expect(held == Self.count, "all were held at once")
            let wanted = asked.withLock { $0 }
            let times = got.withLock { $0 }
            let errors = zip(times, wanted).map { Int64($0) - Int64($1) }.sorted()
            #expect(errors[0] >= 0, "none is early")
            let p99 = errors[Self.count * 99 / 100]
            print(
                "held \(Self.count), jitter \(jitterMilliseconds) ms: late by p50 \(errors[Self.count / 2] / 1_000) µs,",
                "p99 \(p99 / 1_000) µs, max \(errors[Self.count - 1] / 1_000) µs;",
                undisturbed ? "at real-time priority" : "among other programs")
            let counters = rig.loop.counters
            #expect(counters.held == UInt64(Self.count) && counters.released == UInt64(Self.count))
            #expect(counters.refusedVerdicts == 0 && counters.heldLost == 0)
            return undisturbed ? p99 : nil
        }

        /// Takes all answers, noting the time of each.
        private static func receive(
            _ sockets: [TestSocket], _ note: (Int, UInt64) -> Void
        ) {
            var pollers = sockets.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
            var remaining = count
            var buffer: (UInt8, UInt8) = (0, 0)
            while remaining > 0 {
                guard unsafe poll(&pollers, nfds_t(pollers.count), 15_000) > 0 else { return }
                for index in pollers.indices where pollers[index].revents != 0 {
                    while unsafe recv(pollers[index].fd, &buffer, 2, Int32(MSG_DONTWAIT)) == 2 {
                        note(Int(buffer.0) << 8 | Int(buffer.1), now())
                        remaining -= 1
                    }
                }
            }
        }

        private static func takePriority() -> Bool {
            var parameter = sched_param(sched_priority: 1)
            return unsafe pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter) == 0
        }

        private static func now() -> UInt64 {
            var time = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }
    }
}
