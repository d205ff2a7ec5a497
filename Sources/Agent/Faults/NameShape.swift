/// What a name pattern can match, for questions about two patterns at once.
///
/// The grammar is DESIGN.md's: a leading `*.` is one or more labels, a `*` elsewhere is any run of
/// characters within its label (a label is never empty), all else is literal, case does not matter.
public struct NameShape: Hashable, Sendable {
    /// Begins with `*.`: any one or more labels, then `labels`.
    var anyPrefix: Bool
    /// Lower-case, left to right, without the root; `*` is the wildcard.
    var labels: [[UInt8]]

    /// RFC 1035 section 2.3.4.
    static let longestLabel = 63
    /// Octets of a name in wire form (RFC 1035 section 2.3.4), the final 0 included.
    static let longestName = 255

    private static let star = UInt8(ascii: "*")

    /// - Parameter pattern: a pattern that Spec has accepted; a final dot may be there.
    public init(_ pattern: String) {
        var labels = pattern.lowercased().utf8
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: true).map(Array.init)
        anyPrefix = labels.first == [Self.star]
        if anyPrefix { labels.removeFirst() }
        self.labels = labels
    }

    /// Whether a name exists that both match. Exact, the limits of RFC 1035 included.
    public func overlaps(_ other: NameShape) -> Bool {
        let (short, long) =
            labels.count <= other.labels.count ? (self, other) : (other, self)
        // The labels that `long` has beyond must be taken by a leading `*.` of `short`, which takes at
        // least one; with none beyond, both or neither must begin with `*.`, or `long` with it
        // would be longer than `short` can be.
        if short.labels.count == long.labels.count {
            guard short.anyPrefix == long.anyPrefix else { return false }
        } else {
            guard short.anyPrefix else { return false }
        }
        // Each label costs a length octet; the root costs one; `*.` at least one label of one octet.
        var octets = 1 + (long.anyPrefix ? 2 : 0)
        for label in long.labels.dropLast(short.labels.count) {
            octets += 1 + max(1, label.count { $0 != Self.star })
        }
        for (left, right) in zip(short.labels, long.labels.suffix(short.labels.count)) {
            guard let shortest = Self.shortestCommon(left, right), shortest <= Self.longestLabel
            else { return false }
            octets += 1 + max(1, shortest)
        }
        return octets <= Self.longestName
    }

    /// Whether this one surely matches every name that `other` does. May say no where it is so.
    public func covers(_ other: NameShape) -> Bool {
        if anyPrefix {
            // With as many labels the other needs a `*.` too; with more, whatever is beyond is taken.
            guard
                other.labels.count > labels.count
                    || (other.labels.count == labels.count && other.anyPrefix)
            else { return false }
        } else {
            guard !other.anyPrefix, other.labels.count == labels.count else { return false }
        }
        return zip(labels, other.labels.suffix(labels.count)).allSatisfy { own, others in
            if own == others || own == [Self.star] { return true }
            // A literal label of the other is matched or not; two globs are compared no further.
            return !others.contains(Self.star) && Self.shortestCommon(own, others) != nil
        }
    }

    /// Characters of the shortest text that two globs both match; nil where there is none.
    private static func shortestCommon(_ left: [UInt8], _ right: [UInt8]) -> Int? {
        // best[j]: the shortest text matched by left[i...] and right[j...], row by row from the end.
        var best = [Int?](repeating: nil, count: right.count + 1)
        for i in stride(from: left.count, through: 0, by: -1) {
            var row = [Int?](repeating: nil, count: right.count + 1)
            for j in stride(from: right.count, through: 0, by: -1) {
                row[j] = step(left, i, right, j, below: best, row: row)
            }
            best = row
        }
        return best[0]
    }

    private static func step(
        _ left: [UInt8], _ i: Int, _ right: [UInt8], _ j: Int, below: [Int?], row: [Int?]
    ) -> Int? {
        if i == left.count, j == right.count { return 0 }
        let leftStar = i < left.count && left[i] == star
        let rightStar = j < right.count && right[j] == star
        var candidates: [Int] = []
        // A star that ends here costs nothing; one that takes the other side's character costs one.
        if leftStar, let end = below[j] { candidates.append(end) }
        if rightStar, let end = row[j + 1] { candidates.append(end) }
        if leftStar, j < right.count, !rightStar, let more = row[j + 1] {
            candidates.append(more + 1)
        }
        if rightStar, i < left.count, !leftStar, let more = below[j] {
            candidates.append(more + 1)
        }
        if !leftStar, !rightStar, i < left.count, j < right.count, left[i] == right[j],
            let rest = below[j + 1]
        {
            candidates.append(rest + 1)
        }
        return candidates.min()
    }
}
