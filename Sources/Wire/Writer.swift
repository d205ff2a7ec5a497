/// A fixed-capacity output in network byte order, reused from packet to packet.
///
/// It never traps and never grows: the first append that does not fit is left out whole, sets
/// `overflowed`, and every append after it is left out too, until `reset()` or `truncate(to:)`.
public struct Writer: Sendable {
    /// All octets of the capacity; the first `count` of them are the output.
    ///
    /// A span of the output without a closure: `writer.storage.span.extracting(0..<writer.count)`.
    public private(set) var storage: [UInt8]
    /// Octets written.
    public private(set) var count = 0
    /// Whether something was left out.
    public private(set) var overflowed = false

    /// Allocates `capacity` octets, the only allocation of a writer's life.
    public init(capacity: Int) {
        storage = [UInt8](repeating: 0, count: max(0, capacity))
    }

    public var capacity: Int { storage.count }

    /// A copy of the output.
    public var bytes: [UInt8] { Array(storage[..<count]) }

    /// Calls `body` with the output.
    public func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(storage.span.extracting(0..<count))
    }

    /// The octet at `offset`, which is below `count`; else 0.
    public subscript(offset: Int) -> UInt8 {
        offset >= 0 && offset < count ? storage[offset] : 0
    }

    /// Empties the output and clears `overflowed`.
    public mutating func reset() {
        truncate(to: 0)
    }

    /// Forgets everything from `length` on, an overflow there included.
    public mutating func truncate(to length: Int) {
        count = min(count, max(0, length))
        overflowed = false
    }
}

// MARK: - Appending

extension Writer {
    public mutating func append(_ value: UInt8) {
        guard claim(1) else { return }
        storage[count - 1] = value
    }

    public mutating func append(_ value: UInt16) {
        guard claim(2) else { return }
        put(value, at: count - 2)
    }

    public mutating func append(_ value: UInt32) {
        guard claim(4) else { return }
        put(UInt16(truncatingIfNeeded: value >> 16), at: count - 4)
        put(UInt16(truncatingIfNeeded: value), at: count - 2)
    }

    /// Appends an address in wire form: 4 or 16 octets.
    public mutating func append(_ address: IPAddress) {
        switch address {
        case .v4(let value):
            append(value)
        case .v6(let value):
            for shift in stride(from: 96, through: 0, by: -32) {
                append(UInt32(truncatingIfNeeded: value >> UInt128(shift)))
            }
        }
    }

    public mutating func append(_ bytes: Span<UInt8>) {
        append(bytes, 0..<bytes.count)
    }

    /// Appends a range of `bytes`. A range outside them counts as an overflow.
    public mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
            overflowed = true
            return
        }
        guard claim(range.count) else { return }
        let source = bytes.extracting(range)
        let start = count - range.count
        var target = storage.mutableSpan
        for index in source.indices { target[start + index] = source[index] }
    }

    public mutating func append(_ bytes: [UInt8]) {
        append(bytes.span)
    }

    public mutating func append(repeating value: UInt8, count times: Int) {
        guard times > 0, claim(times) else { return }
        for index in count - times..<count { storage[index] = value }
    }

    /// Overflows on purpose: what was to be written cannot be expressed.
    mutating func fail() {
        overflowed = true
    }

    /// Takes the next `size` octets, or overflows.
    @inline(__always)
    private mutating func claim(_ size: Int) -> Bool {
        guard !overflowed, size <= storage.count - count else {
            overflowed = true
            return false
        }
        count += size
        return true
    }
}

// MARK: - Patching

extension Writer {
    /// Overwrites octets that were written. Out of range, or after an overflow, it does nothing.
    public mutating func patch(_ value: UInt8, at offset: Int) {
        guard !overflowed, offset >= 0, offset < count else { return }
        storage[offset] = value
    }

    public mutating func patch(_ value: UInt16, at offset: Int) {
        guard !overflowed, offset >= 0, offset + 2 <= count else { return }
        put(value, at: offset)
    }

    public mutating func patch(_ value: UInt32, at offset: Int) {
        guard !overflowed, offset >= 0, offset + 4 <= count else { return }
        put(UInt16(truncatingIfNeeded: value >> 16), at: offset)
        put(UInt16(truncatingIfNeeded: value), at: offset + 2)
    }

    /// Adds 1 to the 16 bits at `offset`.
    mutating func increment(at offset: Int) {
        guard offset >= 0, offset + 2 <= count else { return }
        patch(storage.span.uint16(at: offset) &+ 1, at: offset)
    }

    @inline(__always)
    private mutating func put(_ value: UInt16, at offset: Int) {
        storage[offset] = UInt8(truncatingIfNeeded: value >> 8)
        storage[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
}
