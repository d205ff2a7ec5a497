public import Wire

/// The real answer, later.
///
/// The answer is held in the kernel's queue and released `by` ± `jitter` after it arrived. Delays
/// of several faults add up. It also acts on referrals and signed messages. A wait is never
/// negative; with a long tail (`pareto`) a few answers wait many times the jitter.
///
/// Example:
///     brownout dns delay sts.amazonaws.com --by 300ms --jitter 50ms
///     brownout dns delay sts.amazonaws.com --by 1s --jitter 400ms --distribution pareto
public struct Delay: DNSEffect {
    /// How much later, at the centre of the distribution.
    public var by: Duration = .zero
    /// How far from it: the half-width (uniform), the standard deviation (normal) or the scale of
    /// the tail (pareto).
    public var jitter: Duration = .zero
    /// How the jitter is spread: `uniform`, `normal` or `pareto`.
    public var distribution: Distribution = .uniform

    public static let name = "delay"
    public static let keys: [EffectKey<Self>] = [
        .duration("by", \.by, required: true), .duration("jitter", \.jitter),
        .choice("distribution", \.distribution),
    ]
    public static let primaryKey: String? = "by"
    public static let rewrites = false
    public static let delays = true

    public init() {}

    public func problem() -> String? {
        if by == .zero, jitter == .zero { return "a delay of 0s changes nothing" }
        return jitter > by && distribution != .pareto
            ? "a jitter above the delay itself would be cut off at zero; lower it, or raise `by`"
            : nil
    }

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        if jitter == .zero { return .delay(by) }
        let factor = distribution.sample(&firing.random)
        return .delay(max(.zero, by + jitter * factor))
    }
}
