/// What the injector has seen and done, over all faults.
public struct InjectorCounters: Equatable, Sendable {
    /// Packets looked at.
    public var received: UInt64 = 0
    /// DNS answers among them.
    public var answers: UInt64 = 0
    /// Messages rewritten.
    public var rewritten: UInt64 = 0
    /// Packets dropped because a fault said so.
    public var dropped: UInt64 = 0
    /// Packets held back for a while.
    public var held: UInt64 = 0
    /// Packets that are no sound IP packet or hold no sound DNS message. They passed.
    public var unparsed: UInt64 = 0
    /// Messages that could not be rewritten within their limits. They passed.
    public var unrewritable: UInt64 = 0
    /// Negative answers over TCP that left no room for their SOA, so caches keep them for a time of
    /// their own.
    public var withoutSOA: UInt64 = 0
    /// TCP connections whose messages could not be followed. They passed.
    public var unfollowed: UInt64 = 0
    /// Anything that should not happen. The packet passed.
    public var errors: UInt64 = 0

    public init() {}
}
