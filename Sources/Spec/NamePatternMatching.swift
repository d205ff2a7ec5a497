extension NamePattern {
    /// Whether a name in uncompressed, lower-case wire form (with its final 0) matches.
    ///
    /// For the packet path: allocates nothing, does not recurse, and answers false to bytes that are
    /// not a name. At most 63 × 63 steps a label.
    public func matches(wire name: Span<UInt8>) -> Bool {
        var count = 0
        var position = 0
        while true {
            guard position < name.count else { return false }
            let length = Int(name[position])
            if length == 0 { break }
            guard length <= 63 else { return false }
            position += 1 + length
            count += 1
        }
        guard isSubtree ? count > labelCount : count == labelCount else { return false }
        var offset = 0
        for _ in labelCount..<count { offset += 1 + Int(name[offset]) }
        var own = 0
        while own < wire.count {
            let ownEnd = own + 1 + Int(wire[own])
            let end = offset + 1 + Int(name[offset])
            guard
                matchesLabel(pattern: own + 1..<ownEnd, name: name, range: offset + 1..<end)
            else { return false }
            own = ownEnd
            offset = end
        }
        return true
    }

    /// Glob within one label, with one point of return: the last star seen takes one byte more.
    private func matchesLabel(
        pattern: Range<Int>, name: Span<UInt8>, range: Range<Int>
    ) -> Bool {
        var p = pattern.lowerBound
        var n = range.lowerBound
        var afterStar = -1
        var retry = 0
        while n < range.upperBound {
            if p < pattern.upperBound, wire[p] == Self.star {
                p += 1
                afterStar = p
                retry = n
            } else if p < pattern.upperBound, wire[p] == name[n] {
                p += 1
                n += 1
            } else if afterStar >= 0 {
                retry += 1
                n = retry
                p = afterStar
            } else {
                return false
            }
        }
        while p < pattern.upperBound, wire[p] == Self.star { p += 1 }
        return p == pattern.upperBound
    }

    /// Whether a name as people write it matches: any case, with or without a dot at the end.
    ///
    /// For the command line and tests; a text that cannot be a name does not match.
    public func matches(_ name: String) -> Bool {
        let labels = (name.hasSuffix(".") ? name.dropLast() : Substring(name))
            .utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        var wire: [UInt8] = []
        for label in labels {
            guard !label.isEmpty, label.count <= 63 else { return false }
            wire.append(UInt8(label.count))
            for byte in label { wire.append(Self.lowercased(byte)) }
        }
        wire.append(0)
        guard wire.count <= 255 else { return false }
        return matches(wire: wire.span)
    }
}
