public import FaultKinds
public import Spec
public import Wire

/// The half of an armed fault that is about connections: the addresses that it follows, and the
/// packets that it holds back. What the kernel does by itself is not here.
public struct LiveConnections: Sendable {
    /// The kernel's number for the fault.
    public let number: Int
    let terms: NetTerms
    let groups: [ConnectionGroup]
    private let spared: ClientSession?
    /// Whether no connection outlives its meeting with the fault.
    private let endsThem: Bool
    private let matchers: [NameMatcher]
    public private(set) var books: [AddressBook]
    /// Whom a greeting has to ask for; empty unless that is what counts.
    private let servers: [(group: ConnectionGroup, matcher: NameMatcher)]
    /// Connections whose greeting did, and whether they may live. The kernel forgets those that are not
    /// used, this does not.
    private var meant: BoundedTable<StreamKey, Bool>
    /// Connections that pass though they may be meant: there was no room to wait for what they say, or to
    /// remember it.
    public private(set) var unheard: UInt64 = 0
    /// Patterns that have led to an address.
    private var resolved: Set<String> = []
    /// Addresses that names lead to which are meant, but which are not followed, with one such name.
    public private(set) var unfollowed: [IPAddress: Unfollowed] = [:]
    /// Addresses that names lead to which are not meant, with one such name.
    public private(set) var shared: [IPAddress: String] = [:]
    /// Packets held back or dropped here.
    public internal(set) var fired: UInt64 = 0
    var holds: [any NetEffect]

    /// Beyond it a few more addresses in common tell nothing new.
    static let mostShared = 16
    /// Seconds until a fault is told again what /etc/hosts has.
    static let knownLife: UInt32 = 60
    /// As many connections as one address of this host can have to one port.
    public static let mostMeant = 65_536

    /// - Parameters:
    ///   - spared: A session whose other end is not followed, wherever names lead.
    ///   - mostMeant: Most connections that are remembered by what they said.
    public init(
        number: Int, terms: NetTerms, except: [NamePattern], sparing spared: ClientSession? = nil,
        mostMeant: Int = Self.mostMeant
    ) {
        meant = BoundedTable(limit: mostMeant)
        self.spared = spared
        self.number = number
        self.terms = terms
        endsThem = terms.effects.contains { effect in
            if case .reset = effect.action { true } else { false }
        }
        groups = ConnectionGroup.groups(of: terms)
        servers = ConnectionGroup.servers(of: terms).map {
            ($0, NameMatcher(patterns: $0.names, exceptions: except))
        }
        matchers = groups.map { NameMatcher(patterns: $0.names, exceptions: except) }
        books = groups.map { _ in AddressBook() }
        holds = terms.effects.filter { effect in
            if case .hold = effect.action { true } else { false }
        }
    }

    /// Whether it learns addresses from answers.
    var follows: Bool { groups.contains { !$0.names.isEmpty } }

    /// Patterns that no address has been seen for.
    public var unresolved: [String] {
        groups.flatMap(\.names).map(\.description).filter { !resolved.contains($0) }
    }

    // MARK: Answers

    /// Notes the addresses of an answer for a name that is meant; those of another are only compared.
    mutating func learn(
        _ sightings: [AddressSighting], from view: borrowing AnswerView, at now: UInt64,
        into learned: inout [LearnedAddress]
    ) {
        guard !sightings.isEmpty else { return }
        var isMeant = false
        for index in groups.indices where !groups[index].names.isEmpty {
            guard view.names(match: matchers[index]) else { continue }
            isMeant = true
            var isFollowed = false
            for sighting in sightings {
                if follow(
                    sighting, of: { view.questionName.text }, in: index, at: now, into: &learned)
                {
                    isFollowed = true
                }
            }
            if isFollowed { note(resolvedBy: view, in: index) }
        }
        // Where greetings count, who has the address in common is not hit.
        guard !isMeant, servers.isEmpty, shared.count < Self.mostShared else { return }
        for sighting in sightings
        where shared[sighting.address] == nil
            && books.contains(where: { $0.contains(sighting.address, at: now) })
        {
            shared[sighting.address] = view.questionName.text
        }
    }

    /// Notes addresses that are known without an answer.
    mutating func learn(
        _ known: KnownAddresses, at now: UInt64, into learned: inout [LearnedAddress]
    ) {
        for (index, matcher) in matchers.enumerated() {
            for one in known.meant {
                guard let pattern = matcher.pattern(for: one.name) else { continue }
                let sighting = AddressSighting(address: one.address, ttl: Self.knownLife)
                if follow(sighting, of: { one.name }, in: index, at: now, into: &learned) {
                    resolved.insert(pattern.description)
                }
            }
        }
        guard servers.isEmpty else { return }
        for one in known.beside where shared.count < Self.mostShared {
            guard books.contains(where: { $0.contains(one.address, at: now) }) else { continue }
            shared[one.address] = shared[one.address] ?? one.name
        }
    }

    /// Says whether the address is one to be followed, and remembers why not.
    private mutating func follow(
        _ sighting: AddressSighting, of name: () -> String, in index: Int, at now: UInt64,
        into learned: inout [LearnedAddress]
    ) -> Bool {
        let address = sighting.address.unmapped
        if let reason = reasonAgainst(address, in: groups[index]) {
            if unfollowed[address] == nil, unfollowed.count < Self.mostShared {
                unfollowed[address] = Unfollowed(name: name(), reason: reason)
            }
            return false
        }
        var changes: [AddressBook.Change] = []
        let isNew = books[index].learn(address, ttl: sighting.ttl, at: now, into: &changes)
        for change in changes {
            learned.append(
                LearnedAddress(
                    number: number, group: index, change: change,
                    closes: terms.kill && isNew && change.address == address))
        }
        return true
    }

    private func reasonAgainst(
        _ address: IPAddress, in group: ConnectionGroup
    ) -> Unfollowed.Reason? {
        if address == spared?.other.address { return .session }
        // All of this host would be more than the name stands for; a port of it is what it stands for.
        if address.isThisHost { return group.namesFewPorts ? nil : .thisHost }
        return address.mayBeFollowed ? nil : .noHost
    }

    private mutating func note(resolvedBy view: borrowing AnswerView, in index: Int) {
        guard resolved.count < groups.reduce(0, { $0 + $1.names.count }) else { return }
        for pattern in groups[index].names
        where view.hasAny(of: NameMatcher(patterns: [pattern])) {
            resolved.insert(pattern.description)
        }
    }

    // MARK: Greetings

    /// Notes what a packet has told of its connection, and for the kernel what follows from it.
    mutating func hear(
        _ news: Greetings.News, of packet: Packet, at now: UInt64,
        into heard: inout [HeardConnection]
    ) {
        guard !servers.isEmpty else { return }
        for key in news.unread where ends(of: key, at: now) == .along { unheard += 1 }
        if let key = news.unknown { tell(.unread, of: key, in: &heard) }
        let key = StreamKey(packet)
        guard ends(of: key, at: now) == .along else { return }
        if news.opens, meant.remove(key) != nil || news.reusesEnds {
            tell(.forgotten, of: key, in: &heard)
        }
        let isMeant: Bool
        switch news.greeting {
        case nil, .unfinished?:
            if news.ends, meant[key] != nil {
                meant.update(false, for: key)
                tell(.ending, of: key, in: &heard)
            }
            return
        case .names(let name)?:
            // A proxy's port is not that of the name.
            let isElsewhere = isOfNetwork(packet)
            isMeant = servers.contains {
                (isElsewhere || $0.group.takes(packet.destinationPort))
                    && $0.matcher.pattern(for: name) != nil
            }
        // Those that are looked at once more stay what they were.
        case .namesNobody?: isMeant = meant[key] != nil
        }
        guard isMeant else { return tell(.spared, of: key, in: &heard) }
        let ends = news.ends || endsThem
        tell(ends ? .ending : .meant, of: key, in: &heard)
        guard let evicted = meant.put(!ends, for: key) else { return }
        if evicted.value { unheard += 1 }
        tell(.forgotten, of: evicted.key, in: &heard)
    }

    private func tell(
        _ told: HeardConnection.Told, of key: StreamKey, in heard: inout [HeardConnection]
    ) {
        heard.append(HeardConnection(number: number, key: key, told: told))
    }

    /// Whether it goes to, or inbound comes from, an address that was given as such.
    private func isOfNetwork(_ packet: Packet) -> Bool {
        let peer = terms.direction == .inbound ? packet.source : packet.destination
        return groups.contains { group in
            group.takes(packet.destinationPort)
                && group.networks.contains { $0.contains(peer) }
        }
    }

    // MARK: Packets

    /// Whether a packet is of a connection that the fault is about, and which way it goes.
    func way(of packet: Packet, at now: UInt64) -> ConnectionWay? {
        let key = StreamKey(packet)
        guard let way = ends(of: key, at: now) else { return nil }
        if servers.isEmpty { return way }
        return meant[way == .along ? key : key.reversed] == nil ? nil : way
    }

    /// The same by addresses and ports alone.
    private func ends(of key: StreamKey, at now: UInt64) -> ConnectionWay? {
        let isInbound = terms.direction == .inbound
        let (peer, own) =
            isInbound ? (key.source, key.destination) : (key.destination, key.source)
        if isMeant(peer, port: key.destinationPort, at: now) { return .along }
        let repliesMatter = holds.contains { $0.action == .hold(bothWays: true) }
        return repliesMatter && isMeant(own, port: key.sourcePort, at: now) ? .reply : nil
    }

    private func isMeant(_ peer: IPAddress, port: UInt16, at now: UInt64) -> Bool {
        for (index, group) in groups.enumerated() where group.takes(port) {
            if group.everybody || books[index].contains(peer, at: now)
                || group.networks.contains(where: { $0.contains(peer) })
            {
                return true
            }
        }
        return false
    }

    /// Whether one of its connections is between these ends, seen from this host.
    func hasConnection(
        own: Endpoint, other: Endpoint, at now: UInt64
    ) -> Bool {
        isMeant(
            other.address, port: terms.direction == .inbound ? own.port : other.port, at: now)
    }
}

/// Which way a packet goes, seen from whom opened the connection.
enum ConnectionWay: Equatable, Sendable { case along, reply }

/// An address in an answer.
struct AddressSighting: Equatable, Sendable {
    var address: IPAddress
    /// Seconds.
    var ttl: UInt32
}

/// Why an address is not followed, and a name that leads to it.
public struct Unfollowed: Equatable, Sendable {
    public enum Reason: Equatable, Sendable { case thisHost, noHost, session }

    public var name: String
    public var reason: Reason
}

/// What a file of hosts has of a fault's names.
struct KnownAddresses: Equatable, Sendable {
    var meant: [KnownAddress]
    /// Other names of the same addresses.
    var beside: [KnownAddress]
}

/// A name that is known without an answer, and one of its addresses.
struct KnownAddress: Equatable, Sendable {
    /// In lower case.
    var name: String
    var address: IPAddress
}

/// What a set of the kernel has to change before an answer is let go.
public struct LearnedAddress: Equatable, Sendable {
    /// The fault's, and which of its groups.
    public var number: Int
    public var group: Int
    public var change: AddressBook.Change
    /// Connections to it that are there already are to be closed.
    public var closes = false
}

extension IPAddress {
    /// Not those with which blocklists answer, nor those that stand for many hosts or for this one
    /// alone: 0.0.0.0/8, 127.0.0.1, 224.0.0.0/3, ::, ::1, ff00::/8. A name must not widen a fault.
    var mayBeFollowed: Bool {
        switch self {
        case .v4(let value): value >> 24 != 0 && value != 0x7F00_0001 && value >> 29 != 7
        case .v6(let value): value > 1 && value >> 120 != 0xFF
        }
    }

    /// 127.0.0.0/8, ::1: this host alone.
    var isThisHost: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6(let value): value == 1
        }
    }

    /// `::ffff:192.0.2.1` is 192.0.2.1 on the wire (RFC 4291 section 2.5.5.2).
    var unmapped: IPAddress {
        if case .v6(let value) = self, value >> 32 == 0xFFFF {
            return .v4(UInt32(truncatingIfNeeded: value))
        }
        return self
    }

    /// In network order.
    var octets: [UInt8] {
        switch self {
        case .v4(let value): (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        case .v6(let value): (0..<16).map { UInt8(truncatingIfNeeded: value >> (120 - 8 * $0)) }
        }
    }

    init?(octets: [UInt8]) {
        switch octets.count {
        case 4: self = .v4(octets.reduce(0) { $0 << 8 | UInt32($1) })
        case 16: self = .v6(octets.reduce(0) { $0 << 8 | UInt128($1) })
        default: return nil
        }
    }
}

extension DNS.NameBuffer {
    /// Labels with dots between them; octets that are not printable as `?`.
    var text: String {
        var text = ""
        for index in 0..<labelCount {
            let start = labelStart(index)
            if index > 0 { text += "." }
            for octet in 0..<Int(self[start]) {
                let value = self[start + 1 + octet]
                let isPlain = (0x21...0x7E).contains(value)
                text.unicodeScalars.append(isPlain ? Unicode.Scalar(value) : "?")
            }
        }
        return text
    }
}
