import Netfilter
import Testing

extension KernelTests {
    @Suite struct PacketLoopTests {
        private func loop() throws -> PacketLoop<Judge> {
            try Sandbox.enter()
            return try PacketLoop(try PacketQueues(), handler: Judge { _, _, _ in .accept })
        }

        @Test func commandsRunInOrder() async throws {
            let loop = try loop()
            for _ in 0..<100 {
                loop.perform { handler, _ in handler.seen += 1 }
            }
            #expect(try await loop.result { handler, _ in handler.seen } == 100)
            await loop.stop()
        }

        @Test func afterTheEndCommandsAreRefused() async throws {
            let loop = try loop()
            async let one: Void = loop.stop()
            async let two: Void = loop.stop()
            _ = await (one, two)
            loop.stopAndWait()
            #expect(!loop.perform { _, _ in Issue.record("ran after the end") })
            await #expect(throws: LoopStopped()) { try await loop.result { _, _ in 1 } }
        }

        /// Commands given before the end run, and whoever waits for one is answered, however the
        /// end falls.
        @Test func nobodyWaitsForEver() async throws {
            for _ in 0..<50 {
                let loop = try loop()
                await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<8 {
                        group.addTask { (try? await loop.result { _, _ in true }) ?? false }
                    }
                    group.addTask {
                        await loop.stop()
                        return true
                    }
                    for await _ in group {}
                }
            }
        }

        @Test func stopInACommand() throws {
            let loop = try loop()
            loop.perform { _, _ in loop.stopAndWait() }
            loop.stopAndWait()
            #expect(!loop.perform { _, _ in })
        }

        @Test func goingOutOfScopeStops() throws {
            let first = try loop().numbers.datagrams
            // Its queues are free again.
            #expect(try PacketQueues(first: first).numbers.datagrams == first)
        }
    }
}
