public import Spec
public import Wire

/// Which names a fault means: a list of patterns, and the exceptions from it.
///
/// Matching allocates nothing. Its cost hardly grows with the number of patterns: those of a long
/// list are found by the literal labels at their end.
public struct NameMatcher: Sendable {
    public let patterns: [NamePattern]
    public let exceptions: [NamePattern]
    private let index: SuffixIndex?

    /// Below this many patterns trying each is faster than looking one up.
    static let indexThreshold = 8

    public init(patterns: [NamePattern], exceptions: [NamePattern] = []) {
        self.patterns = patterns
        self.exceptions = exceptions
        index = patterns.count > Self.indexThreshold ? SuffixIndex(patterns) : nil
    }

    /// The first pattern that means the name, or nil. `except` wins.
    public func pattern(for name: String) -> NamePattern? {
        guard !exceptions.contains(where: { $0.matches(name) }) else { return nil }
        return patterns.first { $0.matches(name) }
    }

    /// Whether any pattern means this name; exceptions are not looked at.
    public func includes(_ name: borrowing DNS.NameBuffer) -> Bool {
        let wire = name.storage.span.extracting(0..<name.count)
        guard let index else {
            for pattern in patterns where pattern.matches(wire: wire) { return true }
            return false
        }
        return index.contains(wire, patterns: patterns)
    }

    /// Whether this name is an exception.
    public func excludes(_ name: borrowing DNS.NameBuffer) -> Bool {
        if exceptions.isEmpty { return false }
        let wire = name.storage.span.extracting(0..<name.count)
        for pattern in exceptions where pattern.matches(wire: wire) { return true }
        return false
    }
}

/// Patterns by a hash of the literal labels at their end.
struct SuffixIndex: Sendable {
    private var table: [UInt64: [Int]] = [:]
    /// Octets are hashed from the end of a name, so one walk yields the hash of every suffix.
    private static let basis: UInt64 = 0xCBF2_9CE4_8422_2325

    init(_ patterns: [NamePattern]) {
        for (number, pattern) in patterns.enumerated() {
            var hash = Self.basis
            for octet in pattern.literalSuffix.reversed() { hash = Self.step(hash, octet) }
            table[hash, default: []].append(number)
        }
    }

    func contains(_ wire: Span<UInt8>, patterns: [NamePattern]) -> Bool {
        // Where labels start, from the front: at most 127 in 255 octets.
        var starts = InlineArray<128, UInt8>(repeating: 0)
        var labels = 0
        var at = 0
        while at < wire.count, labels < 128 {
            starts[labels] = UInt8(truncatingIfNeeded: at)
            labels += 1
            at += Int(wire[at]) + 1
        }
        var hash = Self.basis
        var label = labels - 1
        var offset = wire.count - 1
        while offset >= 0, label >= 0 {
            hash = Self.step(hash, wire[offset])
            if offset == Int(starts[label]) {
                if let numbers = table[hash] {
                    for number in numbers where patterns[number].matches(wire: wire) { return true }
                }
                label -= 1
            }
            offset -= 1
        }
        return false
    }

    /// One step of FNV-1a.
    private static func step(_ hash: UInt64, _ octet: UInt8) -> UInt64 {
        (hash ^ UInt64(octet)) &* 0x0000_0100_0000_01B3
    }
}
