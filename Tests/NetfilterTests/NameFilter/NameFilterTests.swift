import Glibc
import Testing

@testable import Netfilter

extension KernelTests {
    /// The name filter in a rule, on real packets. What it lets pass is held to the matcher in
    /// KernelTests' `NameFilterSoundnessTests`.
    @Suite struct NameFilterTests {
        /// The filter; nil in a user namespace, where it has to be refused for want of privilege.
        private static func open() throws -> NameFilter? {
            do throws(NetlinkError) {
                return try NameFilter()
            } catch {
                let isOutermost = try Sandbox.read("/proc/self/uid_map").contains("4294967295")
                guard !isOutermost, error.reason == .notPermitted else { throw error }
                return nil
            }
        }

        private static func labels(_ name: String) -> [[UInt8]] {
            name.split(separator: ".").map { Array($0.utf8) }
        }

        private static func wire(_ name: String) -> [UInt8] {
            labels(name).flatMap { [UInt8($0.count)] + $0 } + [0]
        }

        /// A response with one question, an address for each entry of `aliases` that is nil, else a
        /// CNAME; then an OPT record.
        static func answer(_ name: String, _ aliases: [String?] = [nil]) -> [UInt8] {
            var bytes: [UInt8] = [1, 2, 0x81, 0x80, 0, 1, 0, UInt8(aliases.count), 0, 0, 0, 1]
            bytes += wire(name) + [0, 1, 0, 1]
            for alias in aliases {
                let data = alias.map(wire) ?? [192, 0, 2, 1]
                bytes += [0xC0, 12, 0, alias == nil ? 1 : 5, 0, 1, 0, 0, 0, 9]
                bytes += [0, UInt8(data.count)] + data
            }
            return bytes + [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]
        }

        private static let keys: Set<NameKey> = [
            NameKey(name: labels("exact.example"), port: 53),
            NameKey(below: labels("us-east-1.amazonaws.com"), port: 53),
            NameKey(label: labels("sts")[0], gapThen: labels("amazonaws.com"), port: 53),
            NameKey(name: labels("other.example"), port: 5_300),
        ]

        struct Row: CustomTestStringConvertible, Sendable {
            var bytes: [UInt8]
            var taken: Bool
            var testDescription: String
            init(_ taken: Bool, _ name: String, _ aliases: [String?] = [nil]) {
                self.init(taken, name, bytes: answer(name, aliases))
                testDescription += " \(aliases)"
            }
            init(_ taken: Bool, _ id: String, bytes: [UInt8]) {
                (self.taken, self.bytes, testDescription) = (taken, bytes, id)
            }
        }

        static let rows: [Row] = [
            Row(true, "exact.example"), Row(true, "EXACT.eXample"), Row(false, "exact.example.net"),
            Row(false, "a.exact.example"), Row(false, "example"), Row(false, "exact2.example"),
            Row(true, "a.us-east-1.amazonaws.com"), Row(true, "a.b.US-EAST-1.amazonaws.com"),
            Row(false, "us-east-1.amazonaws.com"), Row(false, "a.us-east-2.amazonaws.com"),
            Row(true, "sts.eu-west-1.amazonaws.com"), Row(false, "sts.amazonaws.com"),
            Row(true, "a.sts.eu-west-1.amazonaws.com"), Row(false, "ec2.eu-west-1.amazonaws.com"),
            Row(false, "other.example"),
            // Chains.
            Row(true, "shop.test", ["exact.example", nil]),
            Row(true, "shop.test", ["one.test", "two.test", "x.us-east-1.amazonaws.com"]),
            Row(false, "shop.test", ["one.test", "two.test", nil, nil]),
            Row(false, "shop.test", []), Row(false, "shop.test", [nil, nil, nil, nil, nil, nil]),
            // Beyond the limits, and what is no answer.
            Row(true, "shop.test", [String?](repeating: nil, count: 13)),
            Row(true, "1.2.3.4.5.6.7.8.9.10.11.12.13"),
            Row(false, "1.2.3.4.5.6.7.8.9.10.11.12"),
            Row(true, "a query", bytes: [1, 2, 1, 0] + answer("shop.test").dropFirst(4)),
            Row(
                true, "two questions",
                bytes: [1, 2, 0x81, 0, 0, 2] + answer("shop.test").dropFirst(6)),
            Row(true, "a question that is cut off", bytes: Array(answer("shop.test").prefix(18))),
            Row(
                true, "a pointer in the question",
                bytes: Array(answer("shop.test").prefix(12)) + [0xC0, 12, 0, 1, 0, 1]
                    + [UInt8](repeating: 0, count: 30)),
            Row(true, "nothing", bytes: []),
            Row(true, "noise", bytes: [UInt8](repeating: 0x5A, count: 300)),
        ]

        @Test(arguments: rows, ["127.0.0.1", "::1"])
        func takesWhatItMust(_ row: Row, address: String) throws {
            guard var filter = try Self.open() else { return }
            filter.widen(to: Self.keys)
            let rig = try Rig { _, _, _ in .drop }
            try rig.table.apply(
                Ruleset(
                    queue: rig.loop.numbers.datagrams,
                    udp: [.init(names: filter.id, ports: [53: .seconds(60)])]))
            let pair = try Pair(address)
            try pair.answer(row.bytes)
            if row.taken { try rig.waitUntilJudged() }
            #expect(
                pair.client.receive(within: row.taken ? 30 : 2_000) == (row.taken ? nil : row.bytes)
            )
        }

        /// Each label length, so that each way through the hash is taken, and the labels around it.
        @Test func labelsOfAllLengths() throws {
            guard var filter = try Self.open() else { return }
            for length in 1...63 {
                let label = [UInt8]((0..<length).map { UInt8(ascii: "a") + UInt8($0 % 26) })
                let name = String(decoding: label, as: UTF8.self) + ".test"
                filter.narrow(to: [])
                let before = try Self.takes(filter, name)
                #expect(!before)
                filter.widen(to: [NameKey(name: [label, Array("test".utf8)], port: 53)])
                let exact = try Self.takes(filter, name)
                #expect(exact)
                let upper = try Self.takes(filter, name.uppercased())
                #expect(upper)
                let below = try Self.takes(filter, "x." + name)
                #expect(!below)
                // The first octet and the last differ.
                let first = try Self.takes(filter, "-" + name.dropFirst())
                #expect(!first)
                let other = label.dropLast() + Array("-.test".utf8)
                let last = try Self.takes(filter, String(decoding: other, as: UTF8.self))
                #expect(!last)
            }
        }

        private static func takes(
            _ filter: borrowing NameFilter, _ name: String
        ) throws -> Bool {
            try filter.run(on: packet(answer(name))).queues
        }

        /// Adding and removing keys under a rule that is in force.
        @Test func keysComeAndGo() throws {
            guard var filter = try Self.open() else { return }
            let rig = try Rig { _, _, _ in .drop }
            try rig.table.apply(
                Ruleset(
                    queue: rig.loop.numbers.datagrams,
                    udp: [.init(names: filter.id, ports: [53: .seconds(60)])]))
            let pair = try Pair()
            let first = NameKey(name: Self.labels("one.test"), port: 53)
            let second = NameKey(below: Self.labels("test"), port: 53)
            let answer = Self.answer("one.test")
            for keys in [[first], [], [second], [first, second], [first], []] as [Set<NameKey>] {
                filter.widen(to: keys)
                filter.narrow(to: keys)
                try pair.answer(answer)
                if !keys.isEmpty { try rig.waitUntilJudged() }
                #expect(
                    pair.client.receive(within: keys.isEmpty ? 2_000 : 30)
                        == (keys.isEmpty ? answer : nil))
            }
        }

        /// A thousand keys: all are found, and hardly anything else.
        @Test func manyKeys() throws {
            guard var filter = try Self.open() else { return }
            func name(_ number: Int) -> String { "service\(number).region\(number).test" }
            filter.widen(
                to: Set((0..<1_000).map { NameKey(below: Self.labels(name($0)), port: 53) }))
            var needless = 0
            for number in 0..<2_000 {
                let packet = Self.packet(Self.answer("a." + name(number)))
                let queues = try filter.run(on: packet).queues
                if number < 1_000 { #expect(queues) } else if queues { needless += 1 }
            }
            #expect(needless <= 5)
        }

        /// The verifier looks at a tenth of what it would take; loading takes as long as that.
        @Test func verifierEffort() throws {
            guard try Self.open() != nil else { return }
            let log = try NameFilter.verifierLog()
            let line = log.split(separator: "\n").first { $0.hasPrefix("processed ") }
            let count = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            #expect(try #require(count) < 300_000, "\(log)")
        }

        /// Neither adding keys nor a rule with the filter needs more than CAP_NET_ADMIN; nothing of
        /// it is left when the table is gone.
        @Test func listsSensibly() throws {
            guard let filter = try Self.open() else { return }
            let rig = try Rig { _, _, _ in .accept }
            try rig.table.apply(
                Ruleset(
                    queue: rig.loop.numbers.datagrams,
                    udp: [.init(names: filter.id, ports: [53: .seconds(60)])]))
            let text = try Sandbox.run("nft list ruleset 2>/dev/null")
            #expect(text.contains("if a name filter picks it\""), "\(text)")
        }

        /// IPv4 and UDP headers around a message, from port 53; no checksums, nobody looks.
        private static func packet(_ message: [UInt8]) -> [UInt8] {
            let size = message.count + 28
            return [0x45, 0, UInt8(size >> 8), UInt8(size & 255), 0, 0, 0x40, 0, 64, 17, 0, 0]
                + [192, 0, 2, 1, 192, 0, 2, 2, 0, 53, 0x9C, 0x40]
                + [UInt8((size - 20) >> 8), UInt8((size - 20) & 255), 0, 0] + message
        }
    }
}
