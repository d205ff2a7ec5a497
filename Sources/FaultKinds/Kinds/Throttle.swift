/// So many bytes a second, and no more.
///
/// What is sent to the hosts, and what comes back, each goes through a bucket of its own at `to`
/// bytes of IP packets a second, all connections together. Packets wait for their turn, up to
/// `backlog`; what would wait longer is dropped, as a full router does.
///
/// Example:
///     brownout net throttle files.example.com --to 1MB/s
public struct Throttle: NetEffect {
    /// The rate: `1MB/s`, `64kB/s`.
    public var to = ByteRate(bytesPerSecond: 0)
    /// The longest wait. A short one makes TCP lose whole windows, and stall below the rate.
    public var backlog: Duration = .seconds(2)

    public static let name = "throttle"
    public static let keys: [EffectKey<Self>] = [
        .rate("to", \.to, required: true), .duration("backlog", \.backlog),
    ]
    public static let primaryKey: String? = "to"

    /// When the last packet that was let in will have left, there and back.
    private var free = [Duration.zero, .zero]

    public init() {}

    public var action: NetAction { .hold(bothWays: true) }

    public mutating func hold(_ packet: NetPacket, random: inout SeededRandom) -> NetHold {
        let way = packet.isReply ? 1 : 0
        let start = max(free[way], packet.elapsed)
        let wait = start - packet.elapsed
        guard wait <= backlog else { return .drop }
        let rate = Int64(max(1, to.bytesPerSecond))
        // Nanoseconds; a packet has at most 65,535 octets, so this stays far below 63 bits.
        let took = Duration.nanoseconds(Int64(packet.length) * 1_000_000_000 / rate)
        free[way] = start + took
        // A packet has arrived when its last octet has.
        return .delay(wait + took)
    }
}
