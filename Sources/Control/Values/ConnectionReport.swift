/// What a fault on connections knows of those that it acts on.
public struct ConnectionReport: Codable, Equatable, Sendable {
    /// Addresses that it has learned from answers for its names, and follows now.
    public var addresses: Int
    /// Addresses that had to make room for later ones.
    public var evicted: UInt64
    /// Connections that pass though they may ask for a name that is meant: there was no room to wait for
    /// what they say, or to remember it. nil: none.
    public var unheard: UInt64?
    /// Patterns for which no address has been seen: they affect nothing.
    public var unresolved: [String]
    /// Addresses that names lead to which are not meant: they are hit as well.
    public var shared: [SharedAddress]
    /// Addresses that its names lead to and that it does not follow; nil: none.
    public var unfollowed: [UnfollowedAddress]?

    public init(
        addresses: Int, evicted: UInt64 = 0, unheard: UInt64? = nil, unresolved: [String] = [],
        shared: [SharedAddress] = [], unfollowed: [UnfollowedAddress]? = nil
    ) {
        self.addresses = addresses
        self.evicted = evicted
        self.unheard = unheard
        self.unresolved = unresolved
        self.shared = shared
        self.unfollowed = unfollowed
    }
}

/// An address that a fault does not follow, and a name of it that leads there.
public struct UnfollowedAddress: Codable, Equatable, Sendable {
    public enum Reason: String, Codable, CaseIterable, Sendable {
        /// It is this host's own, which counts with a few ports only.
        case thisHost = "this-host"
        /// It stands for no host or for many: blocklists answer with such.
        case noHost = "no-host"
        /// The fault was armed from there: it must not cut that session.
        case session
    }

    public var address: String
    public var name: String
    public var reason: Reason

    public init(address: String, name: String, reason: Reason) {
        self.address = address
        self.name = name
        self.reason = reason
    }
}

/// An address, and a name that leads to it.
public struct SharedAddress: Codable, Equatable, Sendable {
    public var address: String
    public var name: String

    public init(address: String, name: String) {
        self.address = address
        self.name = name
    }
}
