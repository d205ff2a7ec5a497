/// An IPv4 or IPv6 address, as an integer in host order.
public enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt128)

    public var isV4: Bool {
        if case .v4 = self { true } else { false }
    }

    /// 127.0.0.0/8, `::1`, and IPv4 loopback mapped into IPv6.
    public var isLoopback: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6(let value): value == 1 || value >> 24 == Self.mappedPrefix << 8 | 127
        }
    }

    /// Bits of an address: 32 or 128.
    var width: Int {
        isV4 ? 32 : 128
    }

    /// The upper 96 bits of `::ffff:0:0/96`, the IPv4-mapped addresses (RFC 4291 section 2.5.5.2).
    static let mappedPrefix: UInt128 = 0xFFFF
}

extension IPAddress {
    /// Reads 4 octets. The caller has checked that they are there.
    static func v4(in bytes: Span<UInt8>, at offset: Int) -> IPAddress {
        .v4(bytes.uint32(at: offset))
    }

    /// Reads 16 octets. The caller has checked that they are there.
    static func v6(in bytes: Span<UInt8>, at offset: Int) -> IPAddress {
        .v6(bytes.uint128(at: offset))
    }
}
