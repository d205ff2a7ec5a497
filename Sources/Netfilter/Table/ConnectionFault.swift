/// What the owner table is to do to some connections, and to which.
public struct ConnectionFault: Equatable, Sendable {
    /// Whom it is about.
    public struct Group: Equatable, Sendable {
        /// Addresses come and go with `OwnerTable.follow`: there is a set for them.
        public var follows: Bool
        public var networks: [Network]
        /// Everybody. The other two are empty then.
        public var everybody: Bool
        /// Runs of ports; empty: all.
        public var ports: [ClosedRange<UInt16>]

        public init(
            follows: Bool, networks: [Network], everybody: Bool, ports: [ClosedRange<UInt16>]
        ) {
            self.follows = follows
            self.networks = networks
            self.everybody = everybody
            self.ports = ports
        }
    }

    /// Whose packets alone: those whose socket, on this host, is in a control group or is a user's.
    public struct Scope: Equatable, Sendable {
        /// The id of the control group, and how far below the root it is.
        public var cgroup: UInt64?
        public var level: UInt32
        /// Only what a socket sends can be told by user, not what it receives.
        public var user: UInt32?

        public init(cgroup: UInt64?, level: UInt32, user: UInt32?) {
            self.cgroup = cgroup
            self.level = level
            self.user = user
        }
    }

    /// What happens to the packets.
    public enum Act: Equatable, Sendable {
        case drop
        case reset(afterHandshake: Bool)
        /// A code of NFT_REJECT_ICMPX_…: 0 no route, 1 port, 2 host, 3 prohibited.
        case reject(code: UInt8)
        case lose(fraction: Double)
        /// Only what a handshake of TCP needs passes, and bare acknowledgements; nothing comes back.
        case silence
        /// They are sent to the queue for connections, what comes back as well with `bothWays`.
        case queue(bothWays: Bool)
    }

    /// Names its chains and sets; never one that is in force already.
    public var number: Int
    /// The others connect to `ports` of this host, rather than this host to theirs.
    public var isInbound: Bool
    public var groups: [Group]
    public var acts: [Act]
    /// Only the packets that open a connection.
    public var onlyNew: Bool
    /// Which share of the connections the kernel's acts are for. The queue gets all of them.
    public var share: Double
    public var seed: UInt32
    /// Everything is counted, and passes.
    public var isDryRun: Bool
    /// How long the kernel keeps it.
    public var remaining: Duration
    /// It is for connections alone that `OwnerTable.note(_:)` says are meant; what their clients send
    /// goes to the queue for greetings until it has said so of them or of the contrary.
    public var readsGreetings = false
    /// It does not act until `OwnerTable.set(connections:acting:)` says so.
    public var rests = false
    /// Nil: everybody's packets, those that are forwarded as well.
    public var scope: Scope?

    public init(
        number: Int, isInbound: Bool, groups: [Group], acts: [Act], onlyNew: Bool, share: Double,
        seed: UInt32, isDryRun: Bool, remaining: Duration
    ) {
        self.number = number
        self.isInbound = isInbound
        self.groups = groups
        self.acts = acts
        self.onlyNew = onlyNew
        self.share = share
        self.seed = seed
        self.isDryRun = isDryRun
        self.remaining = remaining
    }
}

/// A network, or one address: 4 or 16 octets in network order, and how many bits of them count.
public struct Network: Equatable, Sendable {
    public var octets: [UInt8]
    public var prefix: Int

    public init(octets: [UInt8], prefix: Int) {
        self.octets = octets
        self.prefix = prefix
    }

    var isV4: Bool { octets.count == 4 }

    /// Ones where bits count.
    public var mask: [UInt8] {
        octets.indices.map { index in
            let bits = min(max(prefix - 8 * index, 0), 8)
            return bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
        }
    }
}

/// Whose packets no fault on connections touches.
public struct SparedConnections: Equatable, Sendable {
    /// Packets with this mark (SO_MARK), and what comes back to their sockets.
    public var mark: UInt32
    /// TCP ports of this host, such as that of sshd.
    public var ports: [UInt16]
    public var networks: [Network]

    public init(mark: UInt32, ports: [UInt16], networks: [Network]) {
        self.mark = mark
        self.ports = ports
        self.networks = networks
    }
}

/// What the kernel has counted for one fault, in packets.
public struct ConnectionCounts: Equatable, Sendable {
    /// Went to whom the fault is about.
    public var matched: UInt64 = 0
    /// Of these, the ones dropped or answered by the kernel; in a dry run, would have been.
    public var fired: UInt64 = 0

    public init() {}
}
