extension DNS {
    /// Writes names into one message, each as short as earlier names allow (RFC 1035 section
    /// 4.1.4).
    ///
    /// Labels must agree in case too: no name comes out in another case than it went in.
    struct NameCompressor {
        /// Where the message begins in the output.
        private let base: Int
        /// Offsets of labels in the message that a pointer may target.
        private var targets = InlineArray<96, UInt16>(repeating: 0)
        private var targetCount = 0
        /// How many of them are labels that were copied from the source to the same place.
        private var learned = 0
        /// Octets to be wasted, by pointers that come later in a name than they could.
        var spare = 0

        init(base: Int) {
            self.base = base
        }

        /// A pointer has 14 bits for its target.
        private static let maximumTarget = 0x3FFF
    }
}

extension DNS.NameCompressor {
    /// Makes the labels of the name at `offset` of the message known; it has no pointers.
    mutating func learn(nameAt offset: Int, in out: Writer) throws(WireError) {
        let message = out.storage.span.extracting(base..<out.count)
        var labels = DNS.LabelCursor(at: offset)
        while let label = try labels.next(in: message) { remember(label.lowerBound - 1) }
        learned = targetCount
    }

    /// Appends the name at `offset` of `source`; gives the offset after it as it stands there.
    ///
    /// Its first `skipped` labels are left out. `isOwned` says that `source` is a name alone, and
    /// not the message whose question was learned. Throws if there is no name.
    @discardableResult
    mutating func write(
        nameAt offset: Int, in source: Span<UInt8>, isOwned: Bool = false,
        skipping skipped: Int = 0, compressing: Bool = true, to out: inout Writer
    ) throws(WireError) -> Int {
        // A name is no target of its own labels: it has no end yet.
        let known = 0..<targetCount
        let copied = isOwned ? 0 : learned
        var labels = DNS.LabelCursor(at: offset)
        for _ in 0..<skipped { _ = try labels.next(in: source) }
        var isComplete = false
        while let label = try labels.next(in: source) {
            // After a pointer there is nothing to write, only the end to be found.
            guard !isComplete else { continue }
            let start = label.lowerBound - 1
            if compressing {
                if let target = find(start, of: source, known, copied: copied, in: out),
                    !waste(label, of: source)
                {
                    out.append(0xC000 | UInt16(truncatingIfNeeded: target))
                    isComplete = true
                    continue
                }
                remember(out.count - base)
            }
            out.append(source, start..<label.upperBound)
        }
        if !isComplete { out.append(UInt8(0)) }
        return labels.end
    }

    /// Appends an uncompressed name, and a second time as a pointer to the first.
    func writeTwice(_ wire: [UInt8], to out: inout Writer) {
        let target = out.count - base
        out.append(wire)
        if target <= Self.maximumTarget {
            out.append(0xC000 | UInt16(truncatingIfNeeded: target))
        } else {
            out.append(wire)
        }
    }

    private mutating func remember(_ target: Int) {
        guard targetCount < targets.count, target <= Self.maximumTarget else { return }
        targets[targetCount] = UInt16(truncatingIfNeeded: target)
        targetCount += 1
    }

    /// The offset in the message of the name that begins with the label at `position` of `source`.
    ///
    /// The first `copied` targets stand in the message where they stand in the source.
    private func find(
        _ position: Int, of source: Span<UInt8>, _ known: Range<Int>, copied: Int,
        in out: borrowing Writer
    ) -> Int? {
        let message = out.storage.span.extracting(base..<out.count)
        let targets = targets.span
        for index in known {
            let target = Int(targets[index])
            if target == position, index < copied { return target }
            if Self.matches(position, of: source, target, of: message) { return target }
        }
        return nil
    }

    private static func matches(
        _ position: Int, of source: Span<UInt8>, _ target: Int, of message: Span<UInt8>
    ) -> Bool {
        guard target < message.count, source[position] == message[target] else { return false }
        var labels = DNS.LabelCursor(at: position)
        var known = DNS.LabelCursor(at: target)
        while true {
            // A broken name counts as ended: whoever writes it on finds out.
            let label = (try? labels.next(in: source)) ?? nil
            let other = (try? known.next(in: message)) ?? nil
            guard let label, let other else { return label == nil && other == nil }
            guard label.count == other.count else { return false }
            for step in 0..<label.count
            where source[label.lowerBound + step] != message[other.lowerBound + step] {
                return false
            }
        }
    }

    /// Whether octets are to be wasted by writing this label in full, though a pointer would do.
    private mutating func waste(_ label: Range<Int>, of source: Span<UInt8>) -> Bool {
        guard spare > 0 else { return false }
        // The last label saves its pointer of 2 octets and needs a 0 instead.
        let isLast = label.upperBound < source.count && source[label.upperBound] == 0
        let extra = 1 + label.count - (isLast ? 1 : 0)
        guard extra <= spare else { return false }
        spare -= extra
        return true
    }
}
