public import Wire

/// The addresses that a fault follows, each until its time; the kernel's set mirrors it.
///
/// An address stays for its TTL and for the life of the connections that were made to it. The book has
/// a limit: the address that ends first makes room, and is counted.
public struct AddressBook: Equatable, Sendable {
    /// What the kernel's set has to change.
    public struct Change: Equatable, Sendable {
        public var address: IPAddress
        /// How long it stays from now on, in nanoseconds; nil: it goes.
        public var time: UInt64?

        public init(address: IPAddress, time: UInt64?) {
            self.address = address
            self.time = time
        }
    }

    /// How long software goes on using an address after its TTL: connections that are kept, and
    /// caches that do not look at TTLs.
    public static let connectionLife: UInt64 = 300_000_000_000
    /// A TTL beyond a day is cut to it: the fault ends before.
    static let longestTTL: UInt32 = 86_400
    /// Most addresses of one group. A set's element takes about 100 octets of kernel memory.
    public static let limit = 4_096

    private let limit: Int
    /// When each one ends, in nanoseconds.
    private var ends: [IPAddress: UInt64] = [:]
    /// Addresses that had to make room.
    public private(set) var evicted: UInt64 = 0

    public init(limit: Int = AddressBook.limit) { self.limit = max(1, limit) }

    /// Notes an address from an answer; adds what that changes to `changes`.
    ///
    /// One that is there with nearly as long a time is left alone, so that a name that is asked for
    /// all the time costs no call to the kernel.
    ///
    /// - Returns: Whether it was not followed until now.
    @discardableResult
    public mutating func learn(
        _ address: IPAddress, ttl: UInt32, at now: UInt64, into changes: inout [Change]
    ) -> Bool {
        let life = UInt64(min(ttl, Self.longestTTL)) * 1_000_000_000 + Self.connectionLife
        let end = now &+ life
        let isNew = !contains(address, at: now)
        if let known = ends[address] {
            guard known < end - min(end, Self.connectionLife / 4) else { return false }
        } else if ends.count >= limit {
            makeRoom(at: now, into: &changes)
        }
        ends[address] = end
        changes.append(Change(address: address, time: life))
        return isNew
    }

    public func contains(_ address: IPAddress, at now: UInt64) -> Bool {
        guard let end = ends[address] else { return false }
        return end > now
    }

    /// Those that have not ended.
    public func addresses(at now: UInt64) -> [IPAddress] {
        ends.filter { $0.value > now }.map(\.key)
    }

    public func count(at now: UInt64) -> Int { ends.values.count { $0 > now } }

    private mutating func makeRoom(at now: UInt64, into changes: inout [Change]) {
        for (address, end) in ends where end <= now { ends[address] = nil }
        guard ends.count >= limit, let oldest = ends.min(by: { $0.value < $1.value })?.key else {
            return
        }
        ends[oldest] = nil
        evicted += 1
        changes.append(Change(address: oldest, time: nil))
    }
}
