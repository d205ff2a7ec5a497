public import Wire

/// Only some of the addresses: a load balancer that lost zones.
///
/// `keep` of the answer's address records are left, the same ones for every client until `rotate`
/// passes. Which ones is a function of the fault's seed, the period and the address itself, so the
/// order in which the server lists them does not matter. An answer with no more than `keep`
/// addresses is left alone. Signatures over the records go, as they would no longer verify; HTTPS and
/// SVCB records lose their address hints, so that clients ask for the addresses.
///
/// Example:
///     brownout dns partial my-nlb.elb.us-east-1.amazonaws.com --keep 1 --rotate 30s
public struct Partial: DNSEffect {
    /// How many address records are left; 1 or more.
    public var keep = 1
    /// After how long another choice is made. Without it, the first choice stays.
    public var rotate: Duration?

    public static let name = "partial"
    public static let keys: [EffectKey<Self>] = [
        .integer("keep", \.keep, in: 1...1000, required: true),
        .optionalDuration("rotate", \.rotate, atLeast: .milliseconds(10)),
    ]
    public static let primaryKey: String? = "keep"

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        if let type = answer.question?.type, type == .https || type == .svcb {
            // The hints are addresses too; without them clients ask for A and AAAA.
            guard !answer.entries.isEmpty else { return .untouched }
            answer.dropAddressHints()
            return .changed
        }
        guard answer.addressCount > keep else { return .untouched }
        let period = rotate.map { UInt64(max(0, firing.elapsed / $0)) } ?? 0
        let salt = SeededRandom.mix(firing.seed &+ period)
        // Each address has a rank of its own; the lowest stay. Addresses are few, so counting
        // those below each is cheaper than sorting them in an array made for it.
        let all = answer
        answer.keepAddresses { _, address in
            let rank = Self.rank(address, salt)
            return all.count(rankedBelow: rank, salt) < keep
        }
        answer.dropSignatures()
        answer.dropAddressHints()
        return .changed
    }

    static func rank(_ address: IPAddress, _ salt: UInt64) -> UInt64 {
        switch address {
        case .v4(let value): SeededRandom.mix(salt ^ UInt64(value))
        case .v6(let value):
            SeededRandom.mix(salt ^ UInt64(truncatingIfNeeded: value ^ (value >> 64)))
        }
    }
}

extension DNS.Answer {
    fileprivate func count(rankedBelow rank: UInt64, _ salt: UInt64) -> Int {
        entries.count { entry in
            guard entry.isAnswerAddress, case .address(let address) = entry.data else {
                return false
            }
            return Partial.rank(address, salt) < rank
        }
    }
}
