/// What a `PacketLoop` has done so far, in packets unless said otherwise.
public struct LoopCounters: Equatable, Sendable {
    /// Packets that the kernel handed over.
    public var received: UInt64 = 0
    public var accepted: UInt64 = 0
    public var dropped: UInt64 = 0
    public var replaced: UInt64 = 0
    /// Put into a hold queue.
    public var held: UInt64 = 0
    /// Left a hold queue, at their time or by a command.
    public var released: UInt64 = 0
    /// Left a hold queue by being dropped.
    public var heldDropped: UInt64 = 0
    /// Held packets that the kernel no longer had when their time came: somebody removed a base
    /// chain in this network namespace, upon which the kernel drops whatever is queued.
    public var heldLost: UInt64 = 0
    /// Accepted at once because the table of held packets was full.
    public var holdOverflow: UInt64 = 0
    /// Accepted because the kernel's message was not understood or did not hold the whole packet.
    public var unparsed: UInt64 = 0
    /// Accepted because the handler gave no replacement that fits.
    public var replacementUnfit: UInt64 = 0
    /// Verdicts that the kernel refused (most often: it has dropped the packet already).
    public var refusedVerdicts: UInt64 = 0
    /// Sends of verdicts that failed; the packets concerned wait for the next one.
    public var failedSends: UInt64 = 0

    public init() {}
}
