import FaultKinds
import Netfilter
import Spec

extension NameKey {
    /// The keys of all that these faults name; nil if one means names of any ending, which the name
    /// filter cannot tell.
    static func keys(of faults: [Fault]) -> Set<NameKey>? {
        var keys: Set<NameKey> = []
        for fault in faults {
            for pattern in fault.watchedNames {
                guard let key = NameKey(pattern, port: fault.port) else { return nil }
                keys.insert(key)
            }
        }
        return keys
    }

    /// The key that stands for every name that the pattern matches, and for few others: what is left
    /// of a star is not looked at but for the label before it.
    init?(_ pattern: NamePattern, port: UInt16) {
        let labels = pattern.description.utf8.split(separator: UInt8(ascii: ".")).map(Array.init)
        guard let star = labels.lastIndex(where: { $0.contains(UInt8(ascii: "*")) }) else {
            self.init(name: labels, port: port)
            return
        }
        let suffix = Array(labels[(star + 1)...])
        guard !suffix.isEmpty else { return nil }
        if star > 0, !labels[star - 1].contains(UInt8(ascii: "*")) {
            self.init(label: labels[star - 1], gapThen: suffix, port: port)
        } else {
            self.init(below: suffix, port: port)
        }
    }
}
