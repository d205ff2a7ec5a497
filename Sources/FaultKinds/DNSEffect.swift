public import Wire

/// One change to a DNS answer: `empty`, `delay`, `stale` …
///
/// To add an effect: one file `Kinds/<Name>.swift` that holds a struct of this protocol, and one
/// line in ``EffectCatalogue``. The struct's stored properties are the effect's YAML keys and
/// command-line flags, and its doc comment is what `brownout explain` prints.
///
/// An effect decides nothing about *when* it acts: names, types, probability, flapping and leases
/// belong to the ``Fault`` around it.
public protocol DNSEffect: FaultEffect {
    /// Whether the effect rewrites the message. One that only drops or delays it also acts on
    /// signed messages and referrals, and needs no look inside.
    static var rewrites: Bool { get }

    /// Whether the effect wants to see every answer that the fault is meant for, acting or not.
    static var observes: Bool { get }

    /// Whether the effect makes answers wait, so that it matters when they entered the host.
    static var delays: Bool { get }

    /// Sees an answer before anybody acts on it; only called where ``observes`` says so.
    mutating func observe(_ answer: DNS.Answer, question: DNS.NameBuffer)

    /// Acts on one answer.
    ///
    /// - Parameters:
    ///   - answer: The message as the effects before this one left it. Left alone by effects that
    ///     do not rewrite.
    ///   - message: The bytes that the entries of `answer` point into.
    ///   - firing: Time, transport and randomness.
    /// - Returns: What is to happen with the packet. The answer must be as it was when
    ///   `.untouched` is returned.
    mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome
}

extension DNSEffect {
    public static var rewrites: Bool { true }
    public static var observes: Bool { false }
    public static var delays: Bool { false }
    public mutating func observe(_ answer: DNS.Answer, question: DNS.NameBuffer) {}
}

/// What one effect did to one answer.
public enum EffectOutcome: Equatable, Sendable {
    /// The answer is none of this effect's business, or already as it would make it.
    case untouched
    /// The answer was edited.
    case changed
    /// The client is to see nothing.
    case drop
    /// The client is to see the answer this much later.
    case delay(Duration)
}

/// The circumstances under which a fault fires.
public struct Firing: Sendable {
    /// Time since the fault was armed.
    public var elapsed: Duration
    /// What carries the message.
    public var transport: Packet.Transport
    /// The question's name, lower-case.
    public var question: DNS.NameBuffer
    /// The fault's seed: for choices that must stay the same while nothing changes.
    public var seed: UInt64
    /// Randomness that comes from the fault's seed and nothing else.
    public var random: SeededRandom

    public init(
        elapsed: Duration, transport: Packet.Transport, question: DNS.NameBuffer,
        seed: UInt64, random: SeededRandom
    ) {
        self.elapsed = elapsed
        self.transport = transport
        self.question = question
        self.seed = seed
        self.random = random
    }
}
