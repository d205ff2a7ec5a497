/// What the name filter knows of a pattern: a number that the program in the kernel computes from a
/// name in the same way (`NameProgram`).
///
/// Equal numbers may come from different names: then an answer is queued without need. Names that
/// differ in the case of letters alone give the same number.
public struct NameKey: Hashable, Sendable {
    let hash: UInt64

    /// The name of these labels, from the left, in answers from `port`.
    public init(name labels: [[UInt8]], port: UInt16) {
        hash = Self.finish(Self.suffix(labels, port: port), .name)
    }

    /// All names of one label or more before these.
    public init(below labels: [[UInt8]], port: UInt16) {
        hash = Self.finish(Self.suffix(labels, port: port), .below)
    }

    /// All names that hold `label`, then any one label, then `labels` to their end.
    public init(label: [UInt8], gapThen labels: [[UInt8]], port: UInt16) {
        let suffix = Self.suffix(labels, port: port)
        hash = Self.finish(Self.mix(suffix, Self.hash(label)), .gap)
    }

    /// Which of the three a number stands for.
    enum Kind: Int32 {
        case name = 0x2545_F491
        case below = 0x1B87_3593
        case gap = 0x68E3_1DA4
    }

    static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// Sets the bit in which letters of either case differ, on all octets. It makes some more
    /// octets the same (`@` and the grave accent, `_` and DEL), none that host names tell apart.
    static let caseFold: UInt64 = 0x2020_2020_2020_2020

    static func mix(_ hash: UInt64, _ value: UInt64) -> UInt64 {
        let product = (hash ^ value) &* multiplier
        return product ^ product >> 32
    }

    static func finish(_ hash: UInt64, _ kind: Kind) -> UInt64 {
        (hash ^ UInt64(kind.rawValue)) &* multiplier
    }

    /// Labels are taken from the right, so that one walk gives the hash of each suffix.
    static func suffix(_ labels: [[UInt8]], port: UInt16) -> UInt64 {
        labels.reversed().reduce(UInt64(port.bigEndian)) { mix($0, hash($1)) }
    }

    /// A label with its length octet, eight octets at a time; the last few are moved to the top.
    static func hash(_ label: [UInt8]) -> UInt64 {
        let octets = [UInt8(truncatingIfNeeded: label.count)] + label
        var hash: UInt64 = 0
        for start in stride(from: 0, to: octets.count, by: 8) {
            var word: UInt64 = 0
            let part = octets[start..<min(start + 8, octets.count)]
            for octet in part.reversed() { word = word << 8 | UInt64(octet) }
            hash = mix(hash, (word | caseFold) << UInt64(8 * (8 - part.count)))
        }
        return hash
    }
}
