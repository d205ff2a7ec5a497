public import FaultKinds
import Spec

/// Which answers have to leave the kernel at all.
///
/// Every message that contains a name contains each of that name's labels literally at least once,
/// as compression only points backwards. So an answer can match a pattern only if it holds every
/// literal label of it: one well-chosen label a pattern is a sound filter.
public struct PrefilterPlan: Equatable, Sendable {
    /// Labels of which an answer must hold one; nil if every answer has to be looked at.
    public let labels: [[UInt8]]?

    /// About 0.3 µs a rule and packet: beyond this, queueing everything costs less.
    public static let limit = 15

    public init(faults: [Fault]) {
        self.init(patterns: faults.flatMap(\.watchedNames).map(\.literalLabels))
    }

    /// Plans for patterns, each given as its literal labels from the left.
    public init(patterns: [[[UInt8]]]) {
        // `amazonaws.com` is in too many names to tell them apart, so the labels before it are
        // tried first; a thousand hosts of one domain are still told from the rest by it.
        let telling = patterns.map { $0.count > 2 ? Array($0.dropLast(2)) : $0 }
        let domains = patterns.map { $0.count > 1 ? Array($0.dropLast(1)) : $0 }
        labels = Self.cover(telling) ?? Self.cover(domains)
    }

    /// Few labels of which each pattern has one (greedy set cover), or nil beyond the limit.
    private static func cover(_ patterns: [[[UInt8]]]) -> [[UInt8]]? {
        var uncovered = patterns
        var chosen: [[UInt8]] = []
        while !uncovered.isEmpty {
            guard chosen.count < limit, let best = commonest(among: uncovered) else { return nil }
            chosen.append(best)
            uncovered.removeAll { $0.contains(best) }
        }
        return chosen
    }

    /// The label that covers most patterns; among equals the longest, as fewer names hold it.
    private static func commonest(among patterns: [[[UInt8]]]) -> [UInt8]? {
        var cover: [[UInt8]: Int] = [:]
        for pattern in patterns {
            for label in Set(pattern) { cover[label, default: 0] += 1 }
        }
        return cover.max { left, right in
            (left.value, left.key.count, String(decoding: left.key, as: UTF8.self))
                < (right.value, right.key.count, String(decoding: right.key, as: UTF8.self))
        }?.key
    }
}
