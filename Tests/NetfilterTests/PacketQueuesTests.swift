import Glibc
import Netfilter
import Testing

extension KernelTests {
    @Suite struct PacketQueuesTests {
        @Test func freeNumbersAreFound() throws {
            try Sandbox.enter()
            let one = try PacketQueues()
            let two = try PacketQueues()
            #expect(two.numbers.datagrams > one.numbers.holds.upperBound)
            // Only the owner of the initial user namespace may read the list.
            let used = QueueNumbers.inUse()
            #expect([0, 2 * QueueNumbers.count].contains(used.count))
            #expect(used.isEmpty || used.contains(one.numbers.streams))
            if getuid() == 0, try Sandbox.read("/proc/self/uid_map").contains("4294967295") {
                #expect(!used.isEmpty)
            }
        }

        @Test func takenNumberIsRefused() throws {
            try Sandbox.enter()
            let one = try PacketQueues(first: 100)
            #expect(one.numbers.datagrams == 100)
            for first in [100, 117, 83] as [UInt16] { try Self.expectTaken(first) }
            #expect(throws: NetlinkError.self) { _ = try PacketQueues(first: 65_530) }
        }

        private static func expectTaken(_ first: UInt16) throws {
            #expect {
                _ = try PacketQueues(first: first)
            } throws: { error in
                (error as? NetlinkError)?.reason == .ownedByAnother
            }
        }

        /// Another program with a queue of its own, and rules of its own, for other ports: both go
        /// on.
        @Test func anotherProgramsQueue() throws {
            try Sandbox.enter()
            let child = try ChildProcess(.stranger)
            try Self.expectTaken(0)
            let rig = try Rig { _, _, _ in .drop }
            #expect(rig.loop.numbers.datagrams != 0)
            let pair = try Pair()
            try pair.answer("dropped")
            try rig.waitUntilJudged()
            #expect(pair.next(within: 50) == nil)
            try Self.expectTaken(0)
            child.signal(SIGKILL)
            _ = child.wait()
        }

        /// No loop behind the queue: bypass lets everything pass.
        @Test func queueWithoutALoopPasses() throws {
            try Sandbox.enter()
            var table = try OwnerTable()
            try table.apply(
                Ruleset(queue: 4_711, udp: [.init(label: nil, ports: [53: .seconds(60)])]))
            try table.renew(for: .seconds(60))
            let pair = try Pair()
            try pair.answer("passes")
            #expect(pair.next() == "passes")
        }

        @Test func numbers() throws {
            let numbers = try #require(QueueNumbers(first: 10))
            #expect(numbers.streams == 11)
            #expect(numbers.holds == 12...27)
            #expect(numbers.connections == 28)
            #expect(numbers.greetings == 29)
            #expect(QueueNumbers(first: 65_516) != nil)
            #expect(QueueNumbers(first: 65_517) == nil)
        }
    }
}
