extension DNS {
    /// An owned domain name, its case kept. Equal names may differ in case (RFC 4343).
    public struct Name: Sendable {
        /// Labels with their lengths before them, and a final 0: 1...255 octets.
        public let wire: [UInt8]

        /// `.`
        public static let root = Name(checked: [0])

        /// The wire form, which the caller knows to be right.
        private init(checked wire: [UInt8]) {
            self.wire = wire
        }

        /// An uncompressed name that fills `wire` to its end; else nil.
        public init?(wire: [UInt8]) {
            // No pointer gets past the cursor: before offset 0 there is nothing to target.
            var labels = LabelCursor(at: 0)
            var size = 1
            do {
                while let label = try labels.next(in: wire.span) { size += 1 + label.count }
            } catch {
                return nil
            }
            guard size == wire.count, labels.end == wire.count else { return nil }
            self.wire = wire
        }

        /// The name in a buffer.
        public init(_ buffer: NameBuffer) {
            wire = (0..<buffer.count).map { buffer[$0] }
        }

        /// The name at `offset` of a message, decompressed, its case kept.
        public init(from bytes: Span<UInt8>, at offset: Int) throws(WireError) {
            var wire: [UInt8] = []
            var labels = LabelCursor(at: offset)
            while let label = try labels.next(in: bytes) {
                wire.append(UInt8(truncatingIfNeeded: label.count))
                for index in label { wire.append(bytes[index]) }
            }
            self.wire = wire + [0]
        }

        /// The labels, from the left, without the root.
        public var labels: [ArraySlice<UInt8>] {
            var labels: [ArraySlice<UInt8>] = []
            var start = 0
            while wire[start] != 0 {
                let end = start + 1 + Int(wire[start])
                labels.append(wire[start + 1..<end])
                start = end
            }
            return labels
        }

        /// The name without its leftmost label; nil for the root.
        public var parent: Name? {
            wire[0] == 0 ? nil : Name(checked: Array(wire[(1 + Int(wire[0]))...]))
        }

        public var isRoot: Bool { wire.count == 1 }

        /// The name in lower case (ASCII letters).
        public var lowercased: Name {
            // Lengths are below 64, where no letter is.
            Name(checked: wire.map(DNS.lowercased))
        }

        /// Whether this name is `other` or lies below it.
        public func isSubdomain(of other: Name) -> Bool {
            var name: Name? = self
            while let candidate = name, candidate.wire.count >= other.wire.count {
                if candidate == other { return true }
                name = candidate.parent
            }
            return false
        }
    }
}

extension DNS.Name: Hashable {
    public static func == (left: DNS.Name, right: DNS.Name) -> Bool {
        left.wire.count == right.wire.count
            && zip(left.wire, right.wire).allSatisfy { DNS.lowercased($0) == DNS.lowercased($1) }
    }

    public func hash(into hasher: inout Hasher) {
        for octet in wire { hasher.combine(DNS.lowercased(octet)) }
    }
}

extension DNS.Name: LosslessStringConvertible {
    /// Reads a name as in a master file (RFC 1035 section 5.1): `\.` and `\DDD` escape, a final dot
    /// may be left out, `.` is the root. Nil for empty or too long labels and names.
    public init?(_ text: String) {
        guard text != "." else {
            self = .root
            return
        }
        var wire: [UInt8] = [0]
        // Where the length of the label at hand is to be put.
        var lengthIndex = 0
        var rest = Substring(text).utf8
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: ".") {
                guard Self.close(lengthIndex, &wire) else { return nil }
                lengthIndex = wire.count
                wire.append(0)
            } else if octet == UInt8(ascii: "\\") {
                guard let escaped = Self.unescape(&rest) else { return nil }
                wire.append(escaped)
            } else {
                wire.append(octet)
            }
        }
        // Without a final dot the last label is still open.
        if lengthIndex != wire.count - 1 {
            guard Self.close(lengthIndex, &wire) else { return nil }
            wire.append(0)
        }
        guard wire.count > 1, wire.count <= DNS.NameBuffer.capacity else { return nil }
        self.wire = wire
    }

    /// The text with a final dot; octets that would not read back are escaped.
    public var description: String {
        isRoot ? "." : labels.map { Self.text($0) + "." }.joined()
    }

    private static func close(_ lengthIndex: Int, _ wire: inout [UInt8]) -> Bool {
        let size = wire.count - lengthIndex - 1
        guard (1...63).contains(size) else { return false }
        wire[lengthIndex] = UInt8(size)
        return true
    }

    private static func unescape(_ rest: inout Substring.UTF8View) -> UInt8? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = rest.popFirst() else { return nil }
        guard digits.contains(first) else { return first }
        var value = Int(first - digits.lowerBound)
        for _ in 0..<2 {
            guard let digit = rest.popFirst(), digits.contains(digit) else { return nil }
            value = value * 10 + Int(digit - digits.lowerBound)
        }
        return UInt8(exactly: value)
    }

    private static func text(_ label: ArraySlice<UInt8>) -> String {
        label.map { octet in
            switch octet {
            case UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: ";"),
                UInt8(ascii: "@"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "$"):
                return "\\" + String(UnicodeScalar(octet))
            case 0x21...0x7E:
                return String(UnicodeScalar(octet))
            default:
                let digits = String(octet)
                return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }.joined()
    }
}
