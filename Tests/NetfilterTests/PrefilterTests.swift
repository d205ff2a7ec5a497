import Netfilter
import Testing

extension KernelTests {
    @Suite struct PrefilterTests {
        /// Header of a DNS message, then labels with their length octets.
        static func message(_ labels: [String]) -> [UInt8] {
            [UInt8](repeating: 0, count: 12)
                + labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
        }

        @Test(
            arguments: [
                (["dynamodb", "us-east-1", "amazonaws", "com"], true),
                (["DYNAMODB", "US-EAST-1", "amazonaws", "com"], true),
                (["dynamodb", "uS-eAsT-1", "amazonaws", "com"], true),
                (["us-east-1"], true),
                (["dynamodb", "us-east-2", "amazonaws", "com"], false),
                // Other lengths: the length octet is part of the match.
                (["us-east-1a"], false), (["xus-east-1"], false), (["us-east-11", "com"], false),
                ([], false),
            ] as [([String], Bool)], ["127.0.0.1", "::1"])
        func passesOnlyAnswersWithTheLabel(_ row: ([String], Bool), address: String) throws {
            let rig = try Rig(label: "us-east-1") { _, _, _ in .drop }
            let pair = try Pair(address)
            let bytes = Self.message(row.0)
            try pair.answer(bytes)
            if row.1 { try rig.waitUntilJudged() }
            #expect(pair.client.receive(within: row.1 ? 30 : 2_000) == (row.1 ? nil : bytes))
            #expect(rig.seen == (row.1 ? 1 : 0))
        }

        /// The first octet that may belong to a label is at 12 of the message, over either IP
        /// version.
        @Test(arguments: ["127.0.0.1", "::1"])
        func findsTheLabelAtTheVeryStart(address: String) throws {
            let rig = try Rig(label: "a") { _, _, _ in .drop }
            let pair = try Pair(address)
            try pair.answer([UInt8](repeating: 0, count: 12) + [1, 97])
            try rig.waitUntilJudged()
        }

        /// Reassembled fragments are several blocks of memory to the kernel: a label across two is
        /// found too. (With algorithm `bm` it is not.)
        @Test func findsTheLabelAcrossFragments() throws {
            let rig = try Rig(label: "us-east-1") { _, _, _ in .accept }
            try Sandbox.run("ip link set lo mtu 1280")
            defer { _ = try? Sandbox.run("ip link set lo mtu 65536") }
            let pair = try Pair()
            // The first fragment ends after 1256 octets of IP payload, 1248 of UDP's.
            for offset in 1_236...1_250 {
                var bytes = [UInt8](repeating: 120, count: 2_000)
                bytes.replaceSubrange(offset..<offset + 10, with: [9] + Array("us-east-1".utf8))
                try pair.answer(bytes)
                try rig.waitUntilJudged()
                #expect(pair.client.receive(within: 2_000) == bytes)
            }
        }

        @Test func severalLabels() throws {
            try Sandbox.enter()
            let rig = try Rig { _, _, _ in .drop }
            let labels = ["one", "two", "three", "four", "five"]
            try rig.table.apply(
                Ruleset(
                    queue: rig.loop.numbers.datagrams,
                    udp: labels.map {
                        .init(label: Array($0.utf8), ports: [53: .seconds(60)])
                    }))
            let pair = try Pair()
            for label in labels {
                try pair.answer(Self.message(["x", label]))
                try rig.waitUntilJudged()
            }
            try pair.answer(Self.message(["x", "six"]))
            #expect(pair.next() != nil)
        }
    }
}
