/// The ports that an x_tables match of iptables-nft asks for, read from its info structure.
struct CompatPorts: Equatable, Sendable {
    /// Of UDP, of TCP, or of whatever has ports.
    var transport: TableSurvey.Transport?
    /// Inclusive.
    var source: [ClosedRange<UInt16>]?
    var sourceInverted = false
    var destination: [ClosedRange<UInt16>]?
    var destinationInverted = false
    /// One of the two suffices (`--ports`).
    var either = false
    /// TCP's options and flags are asked for too.
    var further = false

    /// Whether it holds, and whether port 53 is what made it so.
    func match(_ packet: SurveyPacket) -> (chance: Chance, namesPort: Bool) {
        if let transport, transport != packet.transport { return (.never, false) }
        let fromSource = source.map { ranges in
            ranges.contains { $0.contains(packet.sourcePort) } != sourceInverted
        }
        let fromDestination = destination.map { ranges in
            ranges.contains { $0.contains(packet.destinationPort) } != destinationInverted
        }
        let holds =
            either
            ? (fromSource ?? false) || (fromDestination ?? false)
            : (fromSource ?? true) && (fromDestination ?? true)
        let (asked, inverted) =
            packet.packets == .answers
            ? (fromSource, sourceInverted) : (fromDestination, destinationInverted)
        return (
            holds ? (further ? .maybe : .always) : .never, asked == true && !inverted
        )
    }
}

extension CompatPorts {
    /// nil for a match that is none of ports, or whose structure is not the one of its header.
    init?(match name: String, revision: UInt64, info: [UInt8]) {
        switch (name, revision) {
        case ("udp", 0):
            // struct xt_udp of xt_tcpudp.h: spts[2], dpts[2], invflags.
            guard info.count >= 9 else { return nil }
            self.init(transport: .udp, ports: info, inverted: info[8])
        case ("tcp", 0):
            // struct xt_tcp: spts[2], dpts[2], option, flg_mask, flg_cmp, invflags.
            guard info.count >= 12 else { return nil }
            self.init(transport: .tcp, ports: info, inverted: info[11])
            further = info[8] != 0 || info[9] != 0
        case ("multiport", 1):
            // struct xt_multiport_v1: flags, count, ports[15], pflags[15], invert; the ports are in host order.
            guard info.count >= 48, info[0] <= 2, (1...15).contains(info[1]) else { return nil }
            self.init()
            let ports = (0..<Int(info[1])).map { NetlinkAttributes.hostWord(info[...], 2 + 2 * $0) }
            var ranges: [ClosedRange<UInt16>] = []
            var index = 0
            while index < ports.count {
                // pflags: this port starts a range that the next one ends.
                let isRange = info[32 + index] != 0 && index + 1 < ports.count
                guard let range = Self.range(ports[index], ports[index + (isRange ? 1 : 0)])
                else { return nil }
                ranges.append(range)
                index += isRange ? 2 : 1
            }
            let inverted = info[47] != 0
            // XT_MULTIPORT_SOURCE, _DESTINATION, _EITHER.
            either = info[0] == 2
            // Neither of the two is outside of a rule that names both.
            if either && inverted { either = false }
            if info[0] != 1 {
                source = ranges
                sourceInverted = inverted
            }
            if info[0] != 0 {
                destination = ranges
                destinationInverted = inverted
            }
        default: return nil
        }
    }

    private init?(transport: TableSurvey.Transport, ports: [UInt8], inverted: UInt8) {
        guard
            let source = Self.range(
                NetlinkAttributes.hostWord(ports[...], 0), NetlinkAttributes.hostWord(ports[...], 2)
            ),
            let destination = Self.range(
                NetlinkAttributes.hostWord(ports[...], 4), NetlinkAttributes.hostWord(ports[...], 6)
            )
        else { return nil }
        self.transport = transport
        // XT_UDP_INV_SRCPT and XT_UDP_INV_DSTPT; those of TCP are the same.
        let everything: ClosedRange<UInt16> = 0...65_535
        if source != everything || inverted & 1 != 0 { self.source = [source] }
        if destination != everything || inverted & 2 != 0 { self.destination = [destination] }
        sourceInverted = inverted & 1 != 0
        destinationInverted = inverted & 2 != 0
        // XT_TCP_INV_FLAGS, XT_TCP_INV_OPTION.
        further = inverted & 0xc != 0
    }

    private static func range(_ from: UInt16, _ to: UInt16) -> ClosedRange<UInt16>? {
        from <= to ? from...to : nil
    }
}
