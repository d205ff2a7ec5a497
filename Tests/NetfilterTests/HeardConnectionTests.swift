import Netfilter
import Testing

extension KernelTests {
    /// What the kernel remembers of connections by what their clients send, and for how long.
    @Suite struct HeardConnectionTests {
        private typealias Heard = OwnerTable.HeardConnection

        private static let lives = OwnerTable.HeardLives(
            read: .seconds(100), meant: .seconds(1_000), ending: .seconds(200))

        private static func table() throws -> OwnerTable {
            try Sandbox.enter()
            var table = try OwnerTable()
            var fault = ConnectionFault(
                number: 1, isInbound: false,
                groups: [.init(follows: false, networks: [], everybody: true, ports: [443...443])],
                acts: [.drop], onlyNew: false, share: 1, seed: 1, isDryRun: false,
                remaining: .seconds(60))
            fault.readsGreetings = true
            let numbers = try #require(QueueNumbers(first: 4_000))
            try table.add(
                fault, sparing: SparedConnections(mark: 1, ports: [], networks: []),
                queues: numbers)
            return table
        }

        private static func heard(_ told: Heard.Told, isV4: Bool, port: UInt16 = 50_000) -> Heard {
            let source: [UInt8] =
                isV4 ? [192, 0, 2, 53] : [0x20, 1] + .init(repeating: 0, count: 14)
            let destination: [UInt8] =
                isV4 ? [198, 51, 100, 7] : [0x20, 2] + .init(repeating: 0, count: 14)
            return Heard(
                fault: 1, source: (source, port), destination: (destination, 443), told: told)
        }

        /// The times of a set's elements, as nft(8) writes them.
        private static func times(_ set: String, isV4: Bool) throws -> [String] {
            let text = try Sandbox.run("nft list set inet brownout net1\(set)\(isV4 ? 4 : 6)")
            return text.split(separator: "timeout ").dropFirst().map {
                String($0.prefix { $0 != " " })
            }.filter { $0.first?.isNumber ?? false }
        }

        @Test(arguments: [true, false])
        func everyElementHasItsTime(isV4: Bool) throws {
            var table = try Self.table()
            for (told, read, meant) in [
                (Heard.Told.spared, ["1m40s"], []), (.meant, ["1m40s"], ["16m40s"]),
                // Again: a new time, not a second element.
                (.meant, ["1m40s"], ["16m40s"]), (.ending, ["1m40s"], ["3m20s"]),
                (.meant, ["1m40s"], ["16m40s"]), (.unread, [], ["16m40s"]),
                // What is not there is nothing to complain of.
                (.unread, [], ["16m40s"]), (.forgotten, [], []), (.forgotten, [], []),
            ] as [(Heard.Told, [String], [String])] {
                try table.note([Self.heard(told, isV4: isV4)], for: Self.lives)
                #expect(try Self.times("read", isV4: isV4) == read, "\(told)")
                #expect(try Self.times("meant", isV4: isV4) == meant, "\(told)")
            }
            try table.close()
        }

        /// By itself, though nobody says that the connections are over.
        @Test func memoryIsFreed() throws {
            var table = try Self.table()
            let short = OwnerTable.HeardLives(
                read: .milliseconds(100), meant: .milliseconds(200), ending: .milliseconds(100))
            for port in UInt16(1)...100 {
                let told: Heard.Told = port % 2 == 0 ? .meant : .spared
                try table.note([Self.heard(told, isV4: true, port: port)], for: short)
            }
            let start = ContinuousClock.now
            var left = 1
            while left > 0, ContinuousClock.now - start < .seconds(5) {
                left =
                    try Self.times("read", isV4: true).count
                    + Self.times("meant", isV4: true).count
            }
            #expect(left == 0)
            try table.close()
        }
    }
}
