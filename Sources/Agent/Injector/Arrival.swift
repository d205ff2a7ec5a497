import FaultKinds
public import Wire

/// How and when a packet reached the host.
public struct Arrival: Equatable, Sendable {
    /// Whether it goes on to another host or container, rather than to a socket of this one.
    public var isForwarded: Bool
    /// Whether it came over the loopback interface.
    public var isOnLoopbackInterface: Bool
    /// When the packet is decided, in monotonic nanoseconds.
    public var time: UInt64
    /// When it entered the host, before it waited to be decided: where a delay starts.
    public var entered: UInt64

    /// - Parameter entered: The same as `time` if not given.
    public init(
        isForwarded: Bool, isOnLoopbackInterface: Bool, time: UInt64, entered: UInt64? = nil
    ) {
        self.entered = entered ?? time
        self.isForwarded = isForwarded
        self.isOnLoopbackInterface = isOnLoopbackInterface
        self.time = time
    }
}

/// The resolvers that this host is configured to ask (`/etc/resolv.conf`).
public struct HostResolvers: Equatable, Sendable {
    public var addresses: [IPAddress]
    /// Whether the host asks a cache of its own first.
    public let isLoopback: Bool

    /// Reads the `nameserver` lines of resolv.conf(5); no such line means the local host.
    ///
    /// - Parameter hostAddresses: What the host's interfaces have: a resolver at one of these is a
    ///   cache of its own as well.
    public init(resolvConf text: String, hostAddresses: [IPAddress] = []) {
        var addresses: [IPAddress]
        addresses = text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            // A scope such as fe80::1%eth0 says which interface, not which address.
            return IPAddress(String(words[1].prefix { $0 != "%" }))
        }
        if addresses.isEmpty { addresses = [.v4(0x7F00_0001)] }
        self.addresses = addresses
        isLoopback = addresses[0].isLoopback || hostAddresses.contains(addresses[0])
    }

    /// The way an answer from `source` took.
    func path(from source: IPAddress, arrival: Arrival) -> Path {
        if arrival.isForwarded { return .forwarded }
        if source.isLoopback { return .loopback }
        return arrival.isOnLoopbackInterface && addresses.contains(source) ? .loopback : .wire
    }
}
