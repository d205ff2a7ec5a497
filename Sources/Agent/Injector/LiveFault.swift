public import FaultKinds
import Spec
import Wire

/// What an armed fault has done so far.
public struct FaultCounters: Equatable, Sendable {
    /// Answers looked at while it was armed.
    public var seen: UInt64 = 0
    /// Answers that are its business: name, type, leg and resolver fit.
    public var matched: UInt64 = 0
    /// Answers that it changed, dropped or delayed (or would have, in a dry run).
    public var fired: UInt64 = 0
    /// Answers that it should have rewritten and could not, so they passed.
    public var passed: UInt64 = 0

    public init() {}
}

/// A fault while it is armed.
public struct LiveFault: Sendable {
    /// What the agent calls it.
    public let id: String
    public let fault: Fault
    /// Where all its randomness comes from.
    public let seed: UInt64
    /// Counts, and changes nothing.
    public let isDryRun: Bool
    /// Monotonic nanoseconds.
    public let armedAt: UInt64
    public internal(set) var counters = FaultCounters()

    /// Under which answers wait that it delays.
    public internal(set) var holdToken: UInt64 = 0

    /// What it does to connections.
    public var connections: LiveConnections?

    /// Whose traffic alone it is about.
    public let scope: HeldScope?

    var effects: [any DNSEffect]
    let matcher: NameMatcher
    let mark: DNS.ExtendedError?
    let rewrites: Bool
    let observes: Bool
    private let types: [DNS.RecordType]
    private let start: Duration
    private var flap: FlapState?
    private var random: SeededRandom
    var holdRandom: SeededRandom

    /// RFC 8914 sets no limit to EXTRA-TEXT; this one keeps answers small.
    static let markLimit = 96

    public init(
        id: String, name: String, fault: Fault, seed: UInt64, isDryRun: Bool, armedAt: UInt64,
        connections: LiveConnections? = nil, scope: HeldScope? = nil
    ) {
        self.scope = scope
        self.connections = connections
        self.id = id
        self.fault = fault
        self.seed = seed
        self.isDryRun = isDryRun
        self.armedAt = armedAt
        effects = fault.effects
        matcher = NameMatcher(patterns: fault.names, exceptions: fault.except)
        mark = fault.mark ? Self.mark(name) : nil
        rewrites = fault.effects.contains { type(of: $0).rewrites }
        observes = fault.effects.contains { type(of: $0).observes }
        types = fault.types
        start = fault.after
        random = SeededRandom(seed: seed)
        holdRandom = SeededRandom(seed: SeededRandom.mix(seed &+ 1))
        // A stream of its own, so that the number of answers does not move the phases.
        flap = fault.flap.map { FlapState($0, seed: SeededRandom.mix(seed)) }
    }

    private static func mark(_ name: String) -> DNS.ExtendedError {
        DNS.ExtendedError(
            code: DNS.ExtendedError.forgedAnswer,
            text: String("brownout:\(name)".prefix(markLimit)))
    }

    func elapsed(at time: UInt64) -> Duration {
        .nanoseconds(Int64(clamping: time &- min(armedAt, time)))
    }

    /// Whether the fault is meant for this answer, whatever the dice say.
    func matches(_ view: borrowing AnswerView) -> Bool {
        guard fault.port == view.sourcePort,
            types.contains(view.questionType),
            fault.leg.includes(view.path, resolverIsLoopback: view.resolverIsLoopback),
            fault.resolvers.isEmpty || fault.resolvers.contains(where: { $0.contains(view.source) })
        else { return false }
        return view.names(match: matcher)
    }

    /// Whether it acts now: after its delay, in an "on" phase, and in its share of answers.
    mutating func acts(at elapsed: Duration) -> Bool {
        guard isOn(at: elapsed) else { return false }
        return fault.probability >= 1 || random.chance(fault.probability)
    }

    /// Whether it is past its delay, and in an "on" phase.
    mutating func isOn(at elapsed: Duration) -> Bool {
        elapsed >= start && flap?.isOn(at: elapsed - start) ?? true
    }

    /// Lets the effects see an answer that the fault is meant for, whether it acts or not.
    mutating func observe(_ answer: DNS.Answer, question: DNS.NameBuffer) {
        for index in effects.indices where type(of: effects[index]).observes {
            effects[index].observe(answer, question: question)
        }
    }

    /// Lets the effects act, each on what the one before it left.
    mutating func fire(
        on answer: inout DNS.Answer, message: Span<UInt8>, view: borrowing AnswerView,
        elapsed: Duration
    ) -> (outcome: EffectOutcome, delay: Duration) {
        var firing = Firing(
            elapsed: elapsed, transport: view.transport, question: view.questionName, seed: seed,
            random: random)
        var outcome = EffectOutcome.untouched
        var delay = Duration.zero
        for index in effects.indices {
            if type(of: effects[index]).rewrites && !view.mayBeRewritten { continue }
            switch effects[index].apply(to: &answer, message: message, firing: &firing) {
            case .untouched: break
            case .changed: outcome = .changed
            case .delay(let more): delay += more
            case .drop:
                random = firing.random
                return (.drop, .zero)
            }
        }
        random = firing.random
        return (outcome, delay)
    }
}
