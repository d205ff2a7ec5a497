extension DNS {
    /// One decompressed name in wire form: labels with their lengths before them, and a final 0.
    ///
    /// Storage is inline, so loading allocates nothing. Made once and loaded again and again.
    public struct NameBuffer: Sendable {
        /// The first `count` octets are the name.
        ///
        /// A span without a closure: `buffer.storage.span.extracting(0..<buffer.count)`.
        public private(set) var storage = InlineArray<255, UInt8>(repeating: 0)
        private var labelStarts = InlineArray<127, UInt8>(repeating: 0)
        /// Octets of the name; 1 for the root.
        public private(set) var count = 1
        /// Labels of the name, the root not counted.
        public private(set) var labelCount = 0

        /// The root.
        public init() {}

        /// The most octets that a name can have (RFC 1035 section 2.3.4).
        public static let capacity = 255
    }
}

// MARK: - Loading

extension DNS.NameBuffer {
    /// Loads the name at `offset` of a message, decompressed and in lower case (ASCII letters).
    ///
    /// Gives the offset after the name as it stands there. On an error the buffer holds the root.
    @discardableResult
    public mutating func load(
        from bytes: Span<UInt8>, at offset: Int
    ) throws(WireError) -> Int {
        var labels = DNS.LabelCursor(at: offset)
        var octets = 0
        var starts = 0
        count = 1
        labelCount = 0
        var name = storage.mutableSpan
        name[0] = 0
        // The cursor ends names of more than 255 octets, so neither array can overrun.
        do {
            while let label = try labels.next(in: bytes) {
                labelStarts[starts] = UInt8(truncatingIfNeeded: octets)
                starts += 1
                name[octets] = UInt8(truncatingIfNeeded: label.count)
                octets += 1
                for index in label {
                    name[octets] = DNS.lowercased(bytes[index])
                    octets += 1
                }
            }
        } catch {
            name[0] = 0
            throw error
        }
        name[octets] = 0
        count = octets + 1
        labelCount = starts
        return labels.end
    }
}

// MARK: - Reading

extension DNS.NameBuffer {
    /// The octet at `index`, which is below `count`.
    public subscript(index: Int) -> UInt8 {
        storage[index]
    }

    /// Where the label number `index` (0 is the leftmost) has its length octet. Below `labelCount`.
    public func labelStart(_ index: Int) -> Int {
        Int(labelStarts[index])
    }

    /// Calls `body` with the octets of the name.
    public func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(storage.span.extracting(0..<count))
    }
}

extension DNS.NameBuffer: Equatable {
    /// Octet by octet: names loaded in lower case compare without regard to case.
    public static func == (left: DNS.NameBuffer, right: DNS.NameBuffer) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left.storage[index] != right.storage[index] {
            return false
        }
        return true
    }
}

extension DNS {
    /// ASCII letters in lower case, everything else as it is (RFC 4343).
    @inline(__always)
    static func lowercased(_ octet: UInt8) -> UInt8 {
        octet &- UInt8(ascii: "A") < 26 ? octet | 0x20 : octet
    }
}
