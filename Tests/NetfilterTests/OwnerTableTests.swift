import Glibc
import Netfilter
import Testing

extension KernelTests {
    @Suite struct OwnerTableTests {
        @Test func vanishesOnClose() throws {
            try Sandbox.enter()
            let table = try OwnerTable()
            #expect(try Sandbox.tables().contains("table inet brownout"))
            try table.close()
            #expect(try !Sandbox.tables().contains("brownout"))
        }

        @Test func vanishesWhenItGoesOutOfScope() throws {
            try Sandbox.enter()
            do { _ = try OwnerTable() }
            #expect(try !Sandbox.tables().contains("brownout"))
        }

        @Test func vanishesOnKill() throws {
            let pair = try Pair()
            let child = try ChildProcess(.dropper)
            try pair.answer("dropped")
            #expect(pair.next(within: 200) == nil)
            child.signal(SIGKILL)
            _ = child.wait()
            #expect(try !Sandbox.tables().contains("brownout"))
            try pair.answer("real")
            #expect(pair.next() == "real")
        }

        /// A stopped agent: the kernel ends the interception by itself; it works again when the
        /// agent does.
        @Test func heartbeatExpires() throws {
            let pair = try Pair()
            let child = try ChildProcess(.dropper)
            try pair.answer("dropped")
            #expect(pair.next(within: 200) == nil)
            child.signal(SIGSTOP)
            let time = try #require(try pair.timeUntilReal(limit: .seconds(5)))
            #expect(time <= .milliseconds(3_500))
            child.signal(SIGCONT)
            let start = ContinuousClock.now
            var droppedAgain = false
            while !droppedAgain, ContinuousClock.now - start < .seconds(5) {
                while pair.next(within: 0) != nil {}
                try pair.answer("probe")
                droppedAgain = pair.next(within: 100) == nil
            }
            #expect(droppedAgain)
        }

        @Test func survivesFlushRulesetByOthers() throws {
            let rig = try Rig { _, _, _ in .drop }
            let pair = try Pair()
            _ = try? Sandbox.run("nft flush ruleset")
            #expect(try Sandbox.tables().contains("table inet brownout"))
            try pair.answer("dropped")
            try rig.waitUntilJudged()
            #expect(pair.next(within: 50) == nil)
            #expect(throws: Failure.self) { try Sandbox.run("nft delete table inet brownout") }
        }

        @Test func secondOwnerIsRefused() throws {
            try Sandbox.enter()
            let table = try OwnerTable()
            #expect {
                _ = try OwnerTable()
            } throws: { error in
                (error as? NetlinkError)?.reason == .ownedByAnother
            }
            try table.close()
        }

        @Test func tableOfTheSameNameIsRefused() throws {
            try Sandbox.enter()
            try Sandbox.run("nft add table inet brownout")
            defer { _ = try? Sandbox.run("nft delete table inet brownout") }
            #expect {
                _ = try OwnerTable()
            } throws: { error in
                (error as? NetlinkError)?.reason == .ownedByAnother
            }
        }

        /// A fault's own end: the port's element times out in the kernel.
        @Test func portsEnd() throws {
            let rig = try Rig(ports: [53: .milliseconds(400)]) { _, _, _ in .drop }
            let pair = try Pair()
            try pair.answer("dropped")
            try rig.waitUntilJudged()
            let time = try #require(try pair.timeUntilReal(limit: .seconds(3)))
            #expect(time <= .seconds(1))
        }

        @Test func onlyPortsNamedAreTaken() throws {
            let rig = try Rig(ports: [53: .seconds(60), 5_300: .seconds(60)]) { _, _, _ in .drop }
            for (port, taken) in [(53, true), (5_300, true), (54, false)] as [(UInt16, Bool)] {
                let pair = try Pair("127.0.0.1", port: port)
                try pair.answer("x")
                if taken { try rig.waitUntilJudged() }
                #expect(pair.next(within: taken ? 50 : 2_000) == (taken ? nil : "x"))
            }
        }

        @Test func applyReplacesWhatWas() throws {
            let rig = try Rig { _, _, _ in .drop }
            let pair = try Pair()
            let other = try Pair("127.0.0.1", port: 5_300)
            for round in 0..<5 {
                let ports: [UInt16: Duration] = [round % 2 == 0 ? 5_300 : 53: .seconds(60)]
                try rig.table.apply(Rig.ruleset(for: rig.loop.numbers, label: nil, ports: ports))
                try pair.answer("a")
                try other.answer("b")
                try rig.waitUntilJudged()
                #expect(
                    pair.next(within: round % 2 == 0 ? 2_000 : 50) == (round % 2 == 0 ? "a" : nil))
                #expect(
                    other.next(within: round % 2 == 0 ? 50 : 2_000) == (round % 2 == 0 ? nil : "b"))
            }
            try rig.table.disarm()
            try pair.answer("a")
            #expect(pair.next() == "a")
            #expect(try !Sandbox.run("nft list ruleset").contains("elements"))
        }

        /// Labels added and ends moved, with what was there left alone; labels taken away; ends
        /// that were over.
        @Test func applyInSteps() throws {
            try Sandbox.enter()
            var table = try OwnerTable()
            func apply(_ labels: [String], _ duration: Duration) throws -> String {
                try table.apply(
                    Ruleset(
                        queue: 7,
                        udp: labels.map {
                            .init(label: Array($0.utf8), ports: [53: duration])
                        }, tcp: [53: .seconds(3_600)]))
                return try Sandbox.run("nft -a list table inet brownout 2>/dev/null")
            }
            func handle(_ label: String, _ text: String) -> Substring? {
                text.split(separator: "\n").first { $0.contains("holds \(label)\"") }?
                    .split(separator: " ").last
            }
            let one = try apply(["one"], .seconds(600))
            let two = try apply(["two", "one"], .seconds(600))
            #expect(handle("one", one) != nil && handle("one", one) == handle("one", two))
            #expect(handle("two", two) != nil)
            // Both ends move; the rules stay.
            let moved = try apply(["one", "two"], .seconds(900))
            #expect(handle("two", moved) == handle("two", two))
            #expect(moved.components("timeout 15m") == 2 && moved.components("timeout 10m") == 0)
            let less = try apply(["two"], .seconds(900))
            #expect(handle("one", less) == nil && handle("two", less) != nil)
            #expect(less.components("timeout 15m") == 1)
            // An end that has passed can be moved too.
            var text = try apply(["two"], .milliseconds(1))
            while try Sandbox.run("nft list set inet brownout udp0").contains("elements") {}
            text = try apply(["two"], .seconds(900))
            #expect(text.components("timeout 15m") == 1)
            text = try apply([], .zero)
            #expect(text.components("set udp0") == 0 && text.components("set tcp") == 1)
        }

        @Test func renewWorksWhateverTheHeartbeatIs() throws {
            try Sandbox.enter()
            var table = try OwnerTable()
            // Never there, there, and there with a new time.
            for _ in 0..<3 { try table.renew(for: .seconds(3)) }
            #expect(try Sandbox.run("nft list set inet brownout armed").contains("timeout 3s"))
            try table.renew(for: .milliseconds(1))
            while try Sandbox.run("nft list set inet brownout armed").contains("elements") {}
            try table.renew(for: .seconds(9))
            let text = try Sandbox.run("nft list set inet brownout armed")
            #expect(text.contains("tcp timeout 9s") && text.contains("udp timeout 9s"))
        }

        @Test func manyPrefiltersInOneBatch() throws {
            try Sandbox.enter()
            var table = try OwnerTable()
            let filters = (0..<OwnerTable.mostPrefilters).map {
                Ruleset.Prefilter(label: Array("label-\($0)".utf8), ports: [53: .seconds(60)])
            }
            try table.apply(Ruleset(queue: 7, udp: filters))
            #expect(
                try Sandbox.run("nft list chain inet brownout datagrams 2>/dev/null")
                    .contains("if it holds label-127"))
            try table.apply(Ruleset(queue: 7))
            #expect(throws: NetlinkError.self) {
                try table.apply(Ruleset(queue: 7, udp: filters + filters))
            }
            for label in [[], [UInt8](repeating: 97, count: 64)] {
                #expect(throws: NetlinkError.self) {
                    try table.apply(
                        Ruleset(queue: 7, udp: [.init(label: label, ports: [53: .seconds(1)])]))
                }
            }
        }

        @Test func listsSensibly() throws {
            let rig = try Rig(label: "us-east-1") { _, _, _ in .accept }
            let text = try Sandbox.run("nft list ruleset 2>/dev/null")
            let numbers = rig.loop.numbers
            for line in [
                "flags owner", "type filter hook input priority mangle; policy accept;",
                "type filter hook forward priority mangle; policy accept;",
                "udp sport 53 goto datagrams",
                "tcp sport 53 goto streams", "udp sport @udp0 meta l4proto @armed",
                "comment \"to queue \(numbers.datagrams) if it holds us-east-1\"",
                "tcp sport @tcp meta l4proto @armed", "comment \"to queue \(numbers.streams)\"",
                "53 timeout 1m",
            ] {
                #expect(text.contains(line), "\(text)")
            }
        }
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(_ part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
