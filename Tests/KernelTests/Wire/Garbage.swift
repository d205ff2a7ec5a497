import Testing

/// Bytes that are no DNS answers, or hardly. Each holds the question's name, so that the kernel's
/// prefilter lets none of them past the agent.
enum Garbage {
    struct Case: Sendable, CustomTestStringConvertible {
        var id: String
        /// What the server sends for a question.
        var bytes: @Sendable (ScriptedUpstream.Asked) -> [UInt8]
        var testDescription: String { id }
    }

    static let cases: [Case] = noise + cut + pointers + names + counts + data

    /// A sound answer, to be spoiled.
    @Sendable static func sound(_ asked: ScriptedUpstream.Asked) -> [UInt8] {
        asked.answer(
            [Records.a(192, 0, 2, 1), Records.a(192, 0, 2, 2)],
            authority: [Records.soa("example.test")], additional: [Records.opt()])
    }

    /// Repeatable noise (SplitMix64).
    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return UInt8(truncatingIfNeeded: value ^ (value >> 31))
        }
    }

    private static let noise: [Case] =
        (0..<12).map { seed in
            Case(id: "noise \(seed)") { asked in
                Array(asked.bytes.prefix(2)) + noise(40 * (seed + 1), seed: UInt64(seed))
                    + asked.question
            }
        }
        + (0..<6).map { seed in
            Case(id: "a sound header and question, then noise \(seed)") { asked in
                asked.header(answers: 3, additional: 1) + noise(200, seed: UInt64(100 + seed))
            }
        }

    private static let cut: [Case] =
        [1, 2, 11, 12, 13, 20].map { cut in
            Case(id: "\(cut) octets missing") { Array(sound($0).dropLast(cut)) }
        }
        + [
            Case(id: "cut within the first answer") {
                Array(sound($0).prefix($0.header().count + 7))
            },
            Case(id: "one octet too many") { sound($0) + [0] },
            Case(id: "the answer twice") { sound($0) + sound($0) },
            Case(id: "a question without its type") { asked in
                Array(asked.header(answers: 0).dropLast(4))
            },
        ]

    /// An A record whose owner is given.
    private static func a(_ owner: [UInt8]) -> [UInt8] {
        Records.record(owner, RType.a, [1, 2, 3, 4])
    }

    private static func pointer(to offset: Int) -> [UInt8] {
        (0xC000 | UInt16(offset)).octets
    }

    private static let pointers: [Case] = [
        Case(id: "a pointer to itself") { asked in
            asked.header(answers: 1) + a(pointer(to: asked.header().count))
        },
        Case(id: "pointers in a circle") { asked in
            let first = asked.header().count
            let second = first + a(pointer(to: 0)).count
            return asked.header(answers: 2) + a(pointer(to: second)) + a(pointer(to: first))
        },
        Case(id: "a pointer forwards") { $0.header(answers: 1) + a(pointer(to: 255)) },
        Case(id: "a pointer out of the message") { $0.header(answers: 1) + a([0xFF, 0xFF]) },
        Case(id: "a pointer in the question to itself") { asked in
            let header: [UInt8] = [0x85, 0x80, 0, 1, 0, 0, 0, 0, 0, 0]
            let name = pointer(to: 12) + RType.a.octets + [0, 1]
            return Array(asked.bytes.prefix(2)) + header + name + asked.question
        },
    ]

    private static let names: [Case] = [
        Case(id: "a name of 300 octets") { asked in
            let label = [UInt8(49)] + [UInt8](repeating: 0x61, count: 49)
            return asked.header(answers: 1) + a((0..<6).flatMap { _ in label } + [0])
        },
        Case(id: "a label type of 0x40") { $0.header(answers: 1) + a([0x41, 0x61, 0]) },
        Case(id: "an alias with data longer than its name") { asked in
            asked.header(answers: 1)
                + Records.record(RType.cname, wire(name: "many.example.test") + [1, 2, 3])
        },
    ]

    /// The sound answer with other octets at an offset.
    private static func patched(_ id: String, at offset: Int, _ bytes: [UInt8]) -> Case {
        Case(id: id) { asked in
            var message = sound(asked)
            message.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            return message
        }
    }

    private static let counts: [Case] = [
        patched("answer count too high", at: 6, [0, 9]),
        patched("answer count 65535", at: 6, [0xFF, 0xFF]),
        patched("answer count too low", at: 6, [0, 1]),
        patched("no question counted", at: 4, [0, 0]),
        patched("two questions counted", at: 4, [0, 2]),
    ]

    private static let data: [Case] = [
        Case(id: "data longer than the message") { asked in
            let head = Records.question + RType.a.octets + [0, 1, 0, 0, 0, 9]
            return asked.header(answers: 1) + head + [0xFF, 0xFF, 1, 2, 3, 4]
        },
        Case(id: "two OPT records") { asked in
            asked.answer([a([0])], additional: [Records.opt(), Records.opt()])
        },
        Case(id: "OPT options that do not add up") { asked in
            let opt = Records.record([0], RType.opt, ttl: 0, rrClass: 1232, [0, 3, 0, 99, 1])
            return asked.answer([a([0])], additional: [opt])
        },
    ]
}
