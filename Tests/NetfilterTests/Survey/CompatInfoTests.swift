import Testing

@testable import Netfilter

/// The structures of x_tables, octet by octet, as iptables-nft hands them to a little-endian kernel.
@Suite struct CompatInfoTests {
    private static let any: [UInt8] = [0, 0, 0xff, 0xff]

    /// Whether it holds for an answer over UDP, one over TCP, and a query over UDP; and whether port 53 made the first.
    struct Row: Sendable, CustomTestStringConvertible {
        var id: String
        var name: String
        var revision: UInt64 = 0
        var info: [UInt8]
        var holds: [Chance]
        var names = false
        var testDescription: String { id }
    }

    static let rows = [
        Row(
            id: "-p udp --sport 53", name: "udp", info: [53, 0, 53, 0] + any + [0],
            holds: [.always, .never, .never], names: true),
        Row(
            id: "-p udp --sport 1:1023", name: "udp", info: [1, 0, 0xff, 3] + any + [0],
            holds: [.always, .never, .never], names: true),
        Row(
            id: "-p udp ! --sport 53", name: "udp", info: [53, 0, 53, 0] + any + [1],
            holds: [.never, .never, .always]),
        Row(
            id: "-p udp --dport 53", name: "udp", info: any + [53, 0, 53, 0] + [0],
            holds: [.never, .never, .always]),
        Row(id: "-p udp", name: "udp", info: any + any + [0], holds: [.always, .never, .always]),
        Row(
            id: "-p tcp --sport 53", name: "tcp", info: [53, 0, 53, 0] + any + [0, 0, 0, 0],
            holds: [.never, .always, .never]),
        Row(
            id: "-p tcp --syn", name: "tcp", info: any + any + [0, 0x17, 2, 0],
            holds: [.never, .maybe, .never]),
        Row(
            id: "multiport --sports 22,50:60", name: "multiport", revision: 1,
            info: multiport(0, [22, 50, 60], starts: [1]), holds: [.always, .always, .never],
            names: true),
        Row(
            id: "multiport --dports 53", name: "multiport", revision: 1,
            info: multiport(1, [53]), holds: [.never, .never, .always]),
        Row(
            id: "multiport --ports 53", name: "multiport", revision: 1, info: multiport(2, [53]),
            holds: [.always, .always, .always], names: true),
        Row(
            id: "multiport ! --ports 53", name: "multiport", revision: 1,
            info: multiport(2, [53], inverted: true), holds: [.never, .never, .never]),
    ]

    @Test(arguments: rows)
    func ports(_ row: Row) throws {
        let ports = try #require(
            CompatPorts(match: row.name, revision: row.revision, info: row.info))
        let packets = [
            SurveyPacket(packets: .answers, transport: .udp, family: .ipv4),
            SurveyPacket(packets: .answers, transport: .tcp, family: .ipv4),
            SurveyPacket(packets: .queries, transport: .udp, family: .ipv4),
        ]
        #expect(packets.map { ports.match($0).chance } == row.holds)
        #expect(ports.match(packets[0]).namesPort == row.names)
        #expect(CompatInfo.match(row.name, row.revision, row.info) == .ports(ports))
    }

    static let targets: [(String, UInt64, [UInt8], RuleTerm)] = [
        ("NFQUEUE", 3, [7, 0, 1, 0, 1, 0, 0, 0], .act(.queue(7))),
        ("REJECT", 0, [3, 0, 0, 0], .act(.reject)),
        ("CT", 2, [1, 0, 0, 0], .act(.untrack)),
        ("CT", 2, [0, 0, 0, 0], .statement),
        ("LOG", 0, [], .statement),
        ("WHATEVER", 0, [], .unread),
        (
            "REDIRECT", 0,
            [1, 0, 0, 0, 2, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0] + [0x14, 0xe9, 0x14, 0xe9],
            .act(.redirect(.number(5_353)))
        ),
        ("REDIRECT", 0, Array(repeating: 0, count: 20), .act(.redirect(.none))),
        (
            "REDIRECT", 0,
            [2, 0, 0, 0] + Array(repeating: 0, count: 32) + [0x14, 0xe9, 0x14, 0xe9],
            .act(.redirect(.number(5_353)))
        ),
        (
            "DNAT", 2,
            [3, 0, 0, 0] + Array(repeating: 0, count: 32) + [0x14, 0xe9, 0x14, 0xe9, 0, 0],
            .act(.translate(.number(5_353)))
        ),
    ]

    @Test(arguments: targets.indices)
    func target(index: Int) {
        let (name, revision, info, term) = Self.targets[index]
        #expect(CompatInfo.target(name, revision, info) == term)
    }

    @Test func states() {
        var info = [UInt8](repeating: 0, count: 168)
        (info[146], info[150]) = (1, 2 | 4)
        #expect(
            CompatInfo.match("conntrack", 3, info)
                == .connectionState(mask: 6, inverted: false))
        info[148] = 1
        #expect(
            CompatInfo.match("conntrack", 3, info) == .connectionState(mask: 6, inverted: true))
        // It asks for addresses as well.
        info[146] = 5
        #expect(CompatInfo.match("conntrack", 3, info) == .condition)
        #expect(
            CompatInfo.match("state", 0, [2, 0, 0, 0]) == .connectionState(mask: 2, inverted: false)
        )
    }

    /// Whatever a module of another kernel says: no trap, and nothing but a condition.
    @Test func shortOrStrangeStructures() {
        for name in ["udp", "tcp", "multiport", "conntrack", "state", "x"] {
            for revision in 0...4 as ClosedRange<UInt64> {
                for length in 0..<9 {
                    let info = [UInt8](repeating: 0xff, count: length)
                    let term = CompatInfo.match(name, revision, info)
                    if length < 4 { #expect(term == .condition) }
                }
            }
        }
        for name in ["NFQUEUE", "CT", "REDIRECT", "DNAT"] {
            for length in 0..<40 {
                _ = CompatInfo.target(
                    name, UInt64(length % 3), Array(repeating: 0xff, count: length))
            }
        }
    }

    private static func multiport(
        _ flags: UInt8, _ ports: [UInt16], starts: Set<Int> = [], inverted: Bool = false
    ) -> [UInt8] {
        let padded = ports + Array(repeating: 0, count: 15 - ports.count)
        return [flags, UInt8(ports.count)]
            + padded.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
            + (0..<15).map { starts.contains($0) ? 1 : 0 } + [inverted ? 1 : 0]
    }
}
