extension DNS {
    /// Writes names into one message, each as short as earlier names allow (RFC 1035 section 4.1.4).
    ///
    /// Labels must agree in case too: no name comes out in another case than it went in.
    struct NameCompressor {
        /// Where the message begins in the output.
        private let base: Int
        /// Offsets of labels in the message that a pointer may target.
        private var targets = InlineArray<96, UInt16>(repeating: 0)
        private var targetCount = 0
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
        while let label = try labels.next(in: message) {
            remember(base + label.lowerBound - 1)
        }
    }

    /// Appends `name` from its label number `first` on.
    mutating func write(
        _ name: borrowing DNS.NameBuffer, from first: Int = 0, compressing: Bool = true,
        to out: inout Writer
    ) {
        var target: Int?
        var literal = first
        while compressing, literal < name.labelCount {
            target = find(name, from: literal, in: out)
            if target != nil { break }
            literal += 1
        }
        if !compressing { literal = name.labelCount }
        if spare > 0, target != nil { waste(name, &literal, &target, in: out) }
        let octets = labelStart(name, first)..<labelStart(name, literal)
        if compressing {
            for label in first..<literal {
                remember(out.count + name.labelStart(label) - octets.lowerBound)
            }
        }
        out.append(name.storage.span, octets)
        if let target {
            out.append(0xC000 | UInt16(truncatingIfNeeded: target))
        } else {
            out.append(UInt8(0))
        }
    }

    /// Where a label begins; of the root, its 0.
    private func labelStart(_ name: borrowing DNS.NameBuffer, _ label: Int) -> Int {
        label < name.labelCount ? name.labelStart(label) : name.count - 1
    }

    private mutating func remember(_ position: Int) {
        let target = position - base
        guard targetCount < targets.count, target <= Self.maximumTarget else { return }
        targets[targetCount] = UInt16(truncatingIfNeeded: target)
        targetCount += 1
    }

    /// The offset in the message of a name equal to `name` from its label `first` on.
    private func find(
        _ name: borrowing DNS.NameBuffer, from first: Int, in out: borrowing Writer
    ) -> Int? {
        let start = name.labelStart(first)
        for index in 0..<targetCount where matches(name, start, at: Int(targets[index]), in: out) {
            return Int(targets[index])
        }
        return nil
    }

    private func matches(
        _ name: borrowing DNS.NameBuffer, _ start: Int, at target: Int, in out: borrowing Writer
    ) -> Bool {
        var index = start
        var position = base + target
        while true {
            let length = out[position]
            // Pointers in the output lead backwards, so this ends.
            if length >= 0xC0 {
                position = base + (Int(length & 0x3F) << 8 | Int(out[position + 1]))
                continue
            }
            guard length == name[index] else { return false }
            if length == 0 { return true }
            for step in 1...Int(length) where out[position + step] != name[index + step] {
                return false
            }
            position += 1 + Int(length)
            index += 1 + Int(length)
        }
    }

    /// Moves the pointer right by as many octets as are to be wasted, or as near as labels allow.
    ///
    /// `literal` is a label of the name, and `target` where its suffix was found.
    private mutating func waste(
        _ name: borrowing DNS.NameBuffer, _ literal: inout Int, _ target: inout Int?,
        in out: borrowing Writer
    ) {
        let shortest = name.labelStart(literal)
        var wasted = 0
        for label in literal + 1...name.labelCount {
            let isWhole = label == name.labelCount
            // A name written to its end needs no pointer of 2 octets, only a 0.
            let extra = labelStart(name, label) - shortest - (isWhole ? 1 : 0)
            guard extra <= spare else { break }
            let later = isWhole ? nil : find(name, from: label, in: out)
            guard isWhole || later != nil else { continue }
            literal = label
            target = later
            wasted = extra
        }
        spare -= wasted
    }
}
