/// A block of addresses: `10.0.0.0/8`, `2001:db8::/32`, or a bare address.
public struct CIDR: Hashable, Sendable {
    /// The first address of the block: bits right of the prefix are 0.
    public let network: IPAddress
    /// Bits that count: 0...32 or 0...128.
    public let prefix: Int

    /// Masks `address`; a prefix that the family does not have is cut to what it has.
    public init(_ address: IPAddress, prefix: Int) {
        self.prefix = min(max(prefix, 0), address.width)
        network = Self.masked(address, self.prefix)
    }

    /// Whether `address` is of this family and in this block.
    public func contains(_ address: IPAddress) -> Bool {
        address.isV4 == network.isV4 && Self.masked(address, prefix) == network
    }

    private static func masked(_ address: IPAddress, _ prefix: Int) -> IPAddress {
        // Swift's shifts by the full width give 0, so a prefix of 0 needs no case of its own.
        switch address {
        case .v4(let value): .v4(value & ~(UInt32.max >> UInt32(prefix)))
        case .v6(let value): .v6(value & ~(UInt128.max >> UInt128(prefix)))
        }
    }
}

extension CIDR: LosslessStringConvertible {
    /// Reads an address by the rules of `inet_pton`, then optionally `/` and a decimal prefix.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }) else { return nil }
        guard parts.count == 2 else {
            self.init(address, prefix: address.width)
            return
        }
        guard let prefix = IPAddress.decimal(parts[1].utf8), prefix <= address.width else {
            return nil
        }
        self.init(address, prefix: Int(prefix))
    }

    /// `network/prefix`; of a single address, the address alone.
    public var description: String {
        prefix == network.width ? network.description : "\(network)/\(prefix)"
    }
}
