extension DNS {
    /// Steps over the labels of one name, compression pointers followed (RFC 1035 section 4.1.4).
    ///
    /// It ends on any bytes: each pointer must target an octet before the run of labels that it
    /// ends, so the runs' starts strictly fall; and a name has at most 255 octets and 127 pointers.
    struct LabelCursor {
        /// Where the next label or pointer is.
        private var position: Int
        /// Where the current run of labels began.
        private var runStart: Int
        /// Octets of the name, decompressed; the final 0 counts from the start.
        private var length = 1
        private var pointers = 0
        /// The offset after the name as it stands, valid once `next` gave nil; before, -1 or that.
        private(set) var end = -1

        init(at offset: Int) {
            position = offset
            runStart = offset
        }

        // Inlined with its parts: out of line the cursor would live in memory, at half the speed.
        // Sums are of checked offsets and sizes, far from overflowing.

        /// The octets of the next label, without its length; nil once the name has ended.
        @inline(__always)
        mutating func next(in bytes: Span<UInt8>) throws(WireError) -> Range<Int>? {
            while position >= 0, position < bytes.count {
                let octet = Int(bytes[position])
                if octet == 0 {
                    if end < 0 { end = position &+ 1 }
                    return nil
                }
                if octet < 0x40 {
                    return try label(of: octet, in: bytes)
                }
                guard octet >= 0xC0 else {
                    throw WireError(offset: position, problem: .labelType)
                }
                try follow(upperBits: octet & 0x3F, in: bytes)
            }
            throw WireError(offset: position, problem: .truncated)
        }

        @inline(__always)
        private mutating func label(
            of size: Int, in bytes: Span<UInt8>
        ) throws(WireError) -> Range<Int> {
            let start = position &+ 1
            let next = start &+ size
            guard next <= bytes.count else {
                throw WireError(offset: bytes.count, problem: .truncated)
            }
            length &+= 1 &+ size
            guard length <= NameBuffer.capacity else {
                throw WireError(offset: position, problem: .nameTooLong)
            }
            position = next
            return start..<next
        }

        @inline(__always)
        private mutating func follow(
            upperBits: Int, in bytes: Span<UInt8>
        ) throws(WireError) {
            guard position &+ 1 < bytes.count else {
                throw WireError(offset: bytes.count, problem: .truncated)
            }
            let target = upperBits << 8 | Int(bytes[position &+ 1])
            guard target < runStart else {
                throw WireError(offset: position, problem: .pointerNotBackward)
            }
            guard target >= Header.size else {
                throw WireError(offset: position, problem: .pointerIntoHeader)
            }
            pointers &+= 1
            guard pointers <= Self.maximumPointers else {
                throw WireError(offset: position, problem: .tooManyPointers)
            }
            if end < 0 { end = position &+ 2 }
            position = target
            runStart = target
        }

        /// A name of 255 octets has at most 127 labels (2 octets each, and the final 0), and a
        /// pointer that helps has a label before it. The limit keeps hostile messages linear.
        static let maximumPointers = 127
    }

    /// Checks the name at `offset` and gives the offset after it as it stands.
    static func skipName(in bytes: Span<UInt8>, at offset: Int) throws(WireError) -> Int {
        var labels = LabelCursor(at: offset)
        while try labels.next(in: bytes) != nil {}
        return labels.end
    }

    /// The offset after a name that was checked before; nil if `bytes` are others after all.
    static func nameEnd(in bytes: Span<UInt8>, at offset: Int) -> Int? {
        var position = offset
        while position >= 0, position < bytes.count {
            switch bytes[position] {
            case 0: return position &+ 1
            case 0xC0...: return position &+ 2
            case let size: position &+= 1 &+ Int(size)
            }
        }
        return nil
    }

    /// Whether two names in one message are equal but for case; a broken name equals none.
    static func areEqual(_ left: Int, _ right: Int, in bytes: Span<UInt8>) -> Bool {
        var lefts = LabelCursor(at: left)
        var rights = LabelCursor(at: right)
        do {
            while true {
                let (label, other) = (try lefts.next(in: bytes), try rights.next(in: bytes))
                // Both ended, or both come upon the same octets: what follows is one name.
                if label == other { return true }
                guard let label, let other else { return false }
                guard label.count == other.count else { return false }
                for step in 0..<label.count
                where lowercased(bytes[label.lowerBound + step])
                    != lowercased(bytes[other.lowerBound + step])
                {
                    return false
                }
            }
        } catch {
            return false
        }
    }
}
