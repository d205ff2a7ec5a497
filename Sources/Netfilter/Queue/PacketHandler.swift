/// Judges packets; used by one thread only, that of its `PacketLoop`.
public protocol PacketHandler: SendableMetatype {
    /// Judges one packet. `packet` starts at the IP header and is whole. What this cannot make
    /// sense of it should `accept`.
    mutating func handle(_ packet: Span<UInt8>, _ info: PacketInfo, _ reply: inout Reply) -> Verdict
}

/// What a handler or a command may do besides its verdict: give replacement bytes, and settle held
/// packets.
public struct Reply: ~Copyable {
    let core: LoopCore

    init(core: LoopCore) { self.core = core }

    /// The loop's clock: ns of CLOCK_MONOTONIC, read when the packets in hand were received.
    public var now: UInt64 { core.now }

    /// Has the kernel note when packets enter the host (`PacketInfo.entered`), or no longer. It costs
    /// every packet of the host a little: for as long as delays have to be exact.
    public mutating func stampArrivals(_ wanted: Bool) {
        core.stampArrivals(wanted)
    }

    /// Packets that wait in hold queues.
    public var heldCount: Int { core.held.count }

    /// Gives the bytes for `.replace` or `.hold(replaced: true)`: a whole IP packet with full
    /// checksums. Copies them.
    ///
    /// False, and the packet will go on unchanged, if there are none or more than 65,531 (what one
    /// netlink attribute takes). A command's bytes go nowhere.
    @discardableResult
    public mutating func replace(with bytes: Span<UInt8>) -> Bool {
        core.setReplacement(bytes)
    }

    /// Lets every packet held under `token` go on as it is. Returns how many there were.
    @discardableResult
    public mutating func release(token: UInt64) -> Int {
        core.settle(token: token, .accept)
    }

    /// Lets the packets held under `token` go on with other bytes (as in `replace(with:)`).
    /// Returns how many there were; bytes that do not fit leave the packets as they are.
    /// Bytes given to `replace(with:)` before are forgotten: settle other packets first.
    @discardableResult
    public mutating func release(token: UInt64, replacing bytes: Span<UInt8>) -> Int {
        core.setReplacement(bytes)
        defer { core.replacementCount = 0 }
        return core.settle(token: token, .replace)
    }

    /// Drops every packet held under `token`. Returns how many there were.
    @discardableResult
    public mutating func dropHeld(token: UInt64) -> Int {
        core.settle(token: token, .drop)
    }

    /// Lets every held packet go on as it is. Returns how many there were.
    @discardableResult
    public mutating func releaseAll() -> Int {
        core.releaseAll()
    }
}
