/// A packet that stands for many: an answer from port 53, or a query to it.
struct SurveyPacket: Equatable, Sendable {
    var packets: TableSurvey.Packets
    var transport: TableSurvey.Transport
    var family: TableSurvey.Family
    /// Connection tracking has seen it: at prerouting, priorities above -200.
    var isTracked = true

    /// The other port: one of those that the system draws from (ip_local_port_range, 32768 to 60999), and that no rule is
    /// likely to name. Resolvers draw from 1024 up, so a rule on ports above 1023 matches both.
    static let ephemeral: UInt16 = 43_231
    static let port: UInt16 = 53

    var sourcePort: UInt16 { packets == .answers ? Self.port : Self.ephemeral }
    var destinationPort: UInt16 { packets == .answers ? Self.ephemeral : Self.port }
    var protocolNumber: UInt8 { transport == .tcp ? 6 : 17 }

    /// `nf_conntrack_common.h`: NF_CT_STATE_BIT(ctinfo); nil where it may be one or the other.
    var connectionState: UInt32? {
        // Without an entry, nft_ct says invalid. A first query is new, and a later one over TCP established.
        guard isTracked else { return 1 }
        return packets == .answers ? 2 : nil
    }

    /// Every kind that there is of these.
    static func all(_ packets: TableSurvey.Packets) -> [SurveyPacket] {
        TableSurvey.Family.allCases.flatMap { family in
            TableSurvey.Transport.allCases.map {
                SurveyPacket(packets: packets, transport: $0, family: family)
            }
        }
    }

    /// What a field holds; nil for octets that differ from packet to packet.
    func octets(of field: SurveyField, length: Int) -> [UInt8?] {
        let known: [UInt8?]
        switch field {
        case .transport: known = [protocolNumber]
        // NFPROTO_IPV4 and NFPROTO_IPV6.
        case .family: known = [family == .ipv4 ? 2 : 10]
        case .etherType: known = family == .ipv4 ? [0x08, 0x00] : [0x86, 0xdd]
        case .connectionState:
            known = connectionState.map { $0.hostOctets.map { $0 } } ?? []
        case .network(let offset):
            // The protocol: octet 9 of IPv4 (RFC 791), octet 6 of IPv6 (RFC 8200, without extension headers).
            let place = family == .ipv4 ? 9 : 6
            known = (Int(offset)..<Int(offset) + length).map { $0 == place ? protocolNumber : nil }
        case .ports(let offset):
            let header = [
                UInt8(sourcePort >> 8), UInt8(sourcePort & 0xff), UInt8(destinationPort >> 8),
                UInt8(destinationPort & 0xff),
            ]
            known = (Int(offset)..<Int(offset) + length).map { $0 < 4 ? header[$0] : nil }
        case .other: known = []
        }
        return Array((known + [UInt8?](repeating: nil, count: length)).prefix(length))
    }

    /// Which octets of a field are those of port 53.
    func namesPort(_ field: SurveyField, length: Int) -> [Bool] {
        guard case .ports(let offset) = field else { return Array(repeating: false, count: length) }
        let port = packets == .answers ? 0..<2 : 2..<4
        return (Int(offset)..<Int(offset) + length).map { port.contains($0) }
    }
}

extension UInt32 {
    /// In the host's byte order, as registers hold numbers.
    var hostOctets: [UInt8] {
        #if _endian(little)
            let value = self
        #else
            let value = byteSwapped
        #endif
        return (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
