import FaultKinds
import Spec
import Testing
import Wire

@testable import Agent
@testable import Netfilter

extension KernelTests {
    /// The very bytecode of the name filter, run by the kernel, against what the injector would say:
    /// it never lets an answer pass that a pattern means.
    ///
    /// In a user namespace the kernel refuses the program; `AgentNamesTests` has that case.
    @Suite struct NameFilterSoundnessTests {
        @Test(arguments: 0..<60)
        func passesNothingThatIsMeant(seed: Int) throws {
            guard var filter = try? NameFilter() else {
                #expect(!Place.isInitialUserNamespace)
                return
            }
            var random = Dice(seed: UInt64(seed))
            let patterns = random.patterns(count: seed % 10 == 0 ? 1_000 : 1 + random.below(20))
            let port: UInt16 = random.below(3) == 0 ? 5_300 : 53
            let keys = Set(patterns.compactMap { NameKey($0, port: port) })
            filter.widen(to: keys)
            let matcher = NameMatcher(patterns: patterns.filter { NameKey($0, port: port) != nil })
            var tally = Tally()
            for _ in 0..<150 {
                let packet = try random.answer(near: patterns, port: port)
                try check(filter, packet, matcher, port, &tally, seed)
                for _ in 0..<2 {
                    try check(filter, random.spoiled(packet), matcher, port, &tally, seed)
                }
            }
            #expect(tally.meant > 0 && tally.passed > 0, "seed \(seed): \(tally)")
        }

        /// Only names and subtrees, answers as servers send them: hardly any is queued for nothing.
        @Test func queuesLittleWithoutNeed() throws {
            guard var filter = try? NameFilter() else {
                #expect(!Place.isInitialUserNamespace)
                return
            }
            var random = Dice(seed: 7)
            var patterns = random.patterns(count: 200)
            patterns.removeAll { $0.description.trimmingPrefix("*.").contains("*") }
            let keys = patterns.compactMap { NameKey($0, port: 53) }
            #expect(keys.count == patterns.count)
            filter.widen(to: Set(keys))
            let matcher = NameMatcher(patterns: patterns)
            var tally = Tally()
            for _ in 0..<3_000 {
                let packet = try random.plainAnswer(near: patterns)
                try check(filter, packet, matcher, 53, &tally, 7)
            }
            #expect(tally.meant > 300 && tally.passed > 300, "\(tally)")
            #expect(tally.needless * 100 <= tally.passed, "\(tally)")
        }

        private func check(
            _ filter: borrowing NameFilter, _ packet: [UInt8], _ matcher: NameMatcher,
            _ port: UInt16, _ tally: inout Tally, _ seed: Int
        ) throws {
            let queues = try filter.run(on: packet).queues
            let meant = Self.means(packet, matcher, port)
            #expect(queues || !meant, "seed \(seed): \(packet) of \(matcher.patterns)")
            switch (meant, queues) {
            case (true, _): tally.meant += 1
            case (false, false): tally.passed += 1
            case (false, true): tally.needless += 1
            }
        }

        /// What the injector sees in a packet.
        private static func means(
            _ bytes: [UInt8], _ matcher: NameMatcher, _ port: UInt16
        ) -> Bool {
            guard let packet = try? Packet(parsing: bytes.span), packet.sourcePort == port,
                packet.transport == .udp
            else { return false }
            let payload = bytes.span.extracting(packet.payload)
            guard let message = try? DNS.Message(parsing: payload) else { return false }
            var view = AnswerView()
            return view.load(message, from: payload) && view.hasAny(of: matcher)
        }

        struct Tally: CustomStringConvertible {
            var meant = 0
            var passed = 0
            var needless = 0
            var description: String {
                "\(meant) meant, \(passed) passed, \(needless) queued without need"
            }
        }
    }
}

/// Names, patterns and answers by chance; few labels, so that they often meet.
private struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    private static let labels: [String] =
        ["a", "b", "x_y", "com", "test", "sts", "us-east-1", "us-east-2", "amazonaws", "s3-x-1"]
        + [6, 7, 8, 14, 15, 16, 22, 23, 24, 31, 32, 40, 63].map {
            String(repeating: "q", count: $0)
        }

    private mutating func label() -> String {
        below(4) == 0 ? "h\(below(50))" : pick(Self.labels)
    }

    // MARK: Patterns

    mutating func patterns(count: Int) -> [NamePattern] {
        (0..<count).compactMap { _ in
            var labels = (0...below(4)).map { _ in label() }
            switch below(6) {
            case 0: labels.insert("*", at: 0)
            case 1: labels.insert("*", at: below(labels.count))
            case 2: labels[below(labels.count)] = pick(["s3-*", "*st*", "q*", "*1", "h*"])
            case 3:
                labels.insert("*", at: below(labels.count))
                labels.insert("*", at: 0)
            default: break
            }
            return try? NamePattern(parsing: labels.joined(separator: "."))
        }
    }

    // MARK: Names

    /// Half of them made after a pattern, some of those with one label changed.
    private mutating func name(near patterns: [NamePattern]) throws -> DNS.Name {
        var labels: [String]
        if below(2) == 0 {
            labels = (0...below(below(20) == 0 ? 15 : 5)).map { _ in label() }
        } else {
            labels = pick(patterns).description.split(separator: ".").map(String.init)
            if labels.first == "*" {
                labels.replaceSubrange(0..<1, with: (0...below(2)).map { _ in label() })
            }
            for index in labels.indices where labels[index].contains("*") {
                let filling = pick(["", "1", "x", "st", "-y-"])
                let filled = labels[index].replacing("*", with: filling)
                labels[index] = filled.isEmpty ? label() : String(filled.prefix(63))
            }
            if below(4) == 0 { labels[below(labels.count)] = label() }
            if below(8) == 0 { labels.insert(label(), at: 0) }
        }
        var octets: [UInt8] = []
        for label in labels {
            octets.append(UInt8(label.utf8.count))
            for octet in label.utf8 {
                let isLetter = octet >= UInt8(ascii: "a") && octet <= UInt8(ascii: "z")
                octets.append(isLetter && below(2) == 0 ? octet & 0xDF : octet)
            }
        }
        // Too long, now and then.
        return DNS.Name(wire: octets + [0]) ?? .root
    }

    /// One within the limits of the filter.
    private mutating func shortName(near patterns: [NamePattern]) throws -> DNS.Name {
        while true {
            let name = try name(near: patterns)
            if name.labels.count <= NameProgram.mostLabels { return name }
        }
    }

    // MARK: Answers

    mutating func answer(near patterns: [NamePattern], port: UInt16) throws -> [UInt8] {
        var header = DNS.Header(id: UInt16(below(65_536)))
        header.isResponse = below(20) != 0
        header.recursionAvailable = true
        if below(20) == 0 { header.opcode = UInt8(below(6)) }
        let question = try name(near: patterns)
        var builder = DNS.Builder(
            header: header, questions: [DNS.Builder.Query(question, pick([.a, .aaaa, .https]))])
        if below(30) == 0 { builder.questions.append(builder.questions[0]) }
        builder.compresses = below(5) != 0
        if below(2) == 0 { builder.edns = DNS.EDNS() }
        var owner = question
        for _ in 0..<below(4) where below(2) == 0 {
            let target = try name(near: patterns)
            builder.add(owner, ttl: 60, .cname(target))
            owner = target
        }
        for _ in 0..<below(below(10) == 0 ? 16 : 4) {
            switch below(8) {
            case 0: builder.add(owner, ttl: 60, .txt(["text"]))
            case 1: builder.add(try name(near: patterns), ttl: 60, .a(1))
            case 2: builder.add(owner, ttl: 60, .cname(try name(near: patterns)))
            default: builder.add(owner, ttl: 60, .a(0xC000_0201))
            }
        }
        return try packet(builder, port: port)
    }

    /// One question, a chain of up to three, up to four addresses, an OPT record.
    mutating func plainAnswer(near patterns: [NamePattern]) throws -> [UInt8] {
        var header = DNS.Header(id: UInt16(below(65_536)))
        header.isResponse = true
        let question = try shortName(near: patterns)
        var builder = DNS.Builder(
            header: header, questions: [DNS.Builder.Query(question, .a)])
        builder.edns = DNS.EDNS()
        var owner = question
        for _ in 0..<below(4) {
            let target = try shortName(near: patterns)
            builder.add(owner, ttl: 60, .cname(target))
            owner = target
        }
        for _ in 0...below(4) { builder.add(owner, ttl: 60, .a(0xC000_0201)) }
        return try packet(builder, port: 53)
    }

    private mutating func packet(_ builder: DNS.Builder, port: UInt16) throws -> [UInt8] {
        let payload = try #require(builder.encoded())
        let isV4 = below(2) == 0
        let source: IPAddress = isV4 ? .v4(0xC000_0201) : .v6(0x2001_0db8 << 96 | 1)
        let target: IPAddress = isV4 ? .v4(0xC000_0202) : .v6(0x2001_0db8 << 96 | 2)
        let packet = Packet.udp(
            from: Endpoint(source, port: port), to: Endpoint(target, port: 40_000),
            payload: payload.span)
        return try #require(packet)
    }

    /// BPF_PROG_TEST_RUN takes nothing shorter than an IPv6 header; `NameFilterTests` has the rest.
    private static let shortest = 40

    /// The packet with an octet or three changed, or cut off.
    mutating func spoiled(_ packet: [UInt8]) -> [UInt8] {
        var packet = packet
        for _ in 0...below(3) {
            switch below(3) {
            case 0: packet[below(packet.count)] = UInt8(below(256))
            // The header of the message, where it hurts; 40 and 60 octets on the names begin.
            case 1: packet[min(packet.count - 1, 28 + below(60))] = pick([0, 1, 5, 12, 0x3F, 0xC0])
            default:
                if below(4) == 0 {
                    packet = Array(packet.prefix(Self.shortest + below(packet.count)))
                }
            }
        }
        return packet
    }
}
