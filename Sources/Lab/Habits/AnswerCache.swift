import Wire

/// What a resolver remembers of one name.
struct AnswerCache: Sendable {
    struct Policy: Equatable, Sendable {
        /// TTLs below it count as it.
        var floor: Duration
        /// TTLs above it count as it; nil: any TTL is believed.
        var cap: Duration?
        /// How long past its TTL an answer is used while it is asked for anew.
        var revalidated: Duration
        /// How long past its TTL an answer is used if the resolver fails (RFC 8767).
        var staleOnError: Duration
        /// How long the word that there is nothing is taken for granted (RFC 2308, cut short).
        var negative: Duration
        /// The same if DNS says that there are no addresses: an empty answer is transient until it
        /// is not.
        var staleOnEmpty: Duration

        static let careful = Policy(
            // What the AWS SDK for Java advises as `networkaddress.cache.ttl`.
            floor: .seconds(2), cap: .seconds(5), revalidated: .seconds(3),
            staleOnError: .seconds(120),
            negative: .seconds(1), staleOnEmpty: .seconds(3))
        /// Believes every TTL.
        static let literal = Policy(
            floor: .zero, cap: nil, revalidated: .zero, staleOnError: .zero, negative: .zero,
            staleOnEmpty: .zero)
    }

    enum Use: Equatable, Sendable {
        case fresh([IPAddress])
        /// Good enough for now; ask again meanwhile.
        case stale([IPAddress])
        /// There were no addresses a moment ago.
        case none
        case unknown
    }

    let policy: Policy
    private var addresses: [IPAddress] = []
    private var expires: Moment?
    private var staleUntil: Moment?
    private var noneUntil: Moment?
    /// The last question got no answer: nobody waits for the next one.
    private var isFailing = false

    init(_ policy: Policy) { self.policy = policy }

    func use(_ now: Moment) -> Use {
        if !addresses.isEmpty, let expires, let staleUntil {
            if now < expires { return .fresh(addresses) }
            let waited = isFailing ? staleUntil : min(staleUntil, expires + policy.revalidated)
            if now < waited { return .stale(addresses) }
        }
        return noneUntil.map { now < $0 } ?? false ? .none : .unknown
    }

    /// What to go on with when DNS failed, or says that there is nothing.
    func fallback(_ now: Moment) -> [IPAddress]? {
        guard !addresses.isEmpty, let staleUntil, now < staleUntil else { return nil }
        return addresses
    }

    mutating func answered(_ list: [IPAddress], ttl: Duration, _ now: Moment) {
        addresses = list
        noneUntil = nil
        isFailing = false
        let kept = max(policy.floor, min(ttl, policy.cap ?? ttl))
        expires = now + kept
        staleUntil = now + kept + policy.staleOnError
    }

    /// DNS said that the name has no addresses, or that there is no such name.
    mutating func answeredNothing(_ now: Moment) {
        noneUntil = now + policy.negative
        isFailing = false
        guard let until = staleUntil, let expires else { return }
        staleUntil = min(until, expires + policy.staleOnEmpty)
    }

    /// DNS failed or was silent.
    mutating func answeredBadly() { isFailing = true }

    /// An address did not serve: it goes to the end, and the name is asked for again.
    mutating func failed(_ address: IPAddress, _ now: Moment) {
        guard let index = addresses.firstIndex(of: address) else { return }
        addresses.append(addresses.remove(at: index))
        if let expires { self.expires = min(expires, now) }
    }
}
