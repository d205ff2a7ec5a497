/// Packets arrive later.
///
/// What is sent to the hosts waits in the kernel's queue for `by` ± `jitter`, so each round trip takes
/// that much longer, once. Packets of one connection keep their order. Latencies of several faults
/// add up. As the kernel counts what waits against the sender's socket, a single connection that
/// sends in bulk slows down further than on a long line.
///
/// Example:
///     brownout net latency db.example.com:5432 --by 100ms --jitter 20ms
public struct Latency: NetEffect {
    /// How much later, at the centre of the distribution.
    public var by: Duration = .zero
    /// How far from it: the half-width (uniform), the standard deviation (normal) or the scale of
    /// the tail (pareto).
    public var jitter: Duration = .zero
    /// How the jitter is spread: `uniform`, `normal` or `pareto`.
    public var distribution: Distribution = .uniform

    public static let name = "latency"
    public static let keys: [EffectKey<Self>] = [
        .duration("by", \.by, required: true), .duration("jitter", \.jitter),
        .choice("distribution", \.distribution),
    ]
    public static let primaryKey: String? = "by"

    public init() {}

    public func problem() -> String? {
        if by == .zero, jitter == .zero { return "a latency of 0s changes nothing" }
        return jitter > by && distribution != .pareto
            ? "a jitter above the latency itself would be cut off at zero; lower it, or raise `by`"
            : nil
    }

    public var action: NetAction { .hold(bothWays: false) }

    public mutating func hold(_ packet: NetPacket, random: inout SeededRandom) -> NetHold {
        if jitter == .zero { return .delay(by) }
        return .delay(max(.zero, by + jitter * distribution.sample(&random)))
    }
}
