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
    /// Addresses that its names lead to and that it does not follow: this host's own without a port,
    /// and those with which blocklists answer.
    public var unfollowed: [SharedAddress]

    public init(
        addresses: Int, evicted: UInt64 = 0, unheard: UInt64? = nil, unresolved: [String] = [],
        shared: [SharedAddress] = [], unfollowed: [SharedAddress] = []
    ) {
        self.addresses = addresses
        self.evicted = evicted
        self.unheard = unheard
        self.unresolved = unresolved
        self.shared = shared
        self.unfollowed = unfollowed
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
