/// What every effect is, on an answer (``DNSEffect``) or on a connection (``NetEffect``): a name, and
/// keys that are its stored properties.
public protocol FaultEffect: Sendable {
    /// What the effect is called in fault files and on the command line.
    static var name: String { get }

    /// The keys it takes, in the order in which people should read them.
    static var keys: [EffectKey<Self>] { get }

    /// The key that may be given as a bare value: `delay: 300ms` for `delay: {by: 300ms}`.
    static var primaryKey: String? { get }

    /// The effect with its defaults; keys are then read into it.
    init()

    /// Checks keys against each other, once all are read; the problem in words, or nil.
    func problem() -> String?
}

extension FaultEffect {
    public static var primaryKey: String? { nil }
    public func problem() -> String? { nil }
}
