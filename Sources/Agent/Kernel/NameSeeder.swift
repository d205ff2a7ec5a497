import FaultKinds
import Netfilter
import Spec
import Wire

/// Looks for the names of a fault where programs do: in /etc/hosts, and by asking the host's resolvers,
/// so that the answers teach their addresses to it. When it is armed, and again as TTLs end. The
/// answers come the way of all others.
struct NameSeeder: Sendable {
    private let questions: [[UInt8]]
    private let matcher: NameMatcher
    private let exceptions: NameMatcher
    private let protected: NameMatcher
    /// The file of which `found` was made.
    private var read: FileStamp?
    private var found: KnownAddresses?
    private var toldAgain = ContinuousClock.now

    /// A fault may have a thousand names; these are asked for.
    static let mostNames = 64
    static let patience = Duration.milliseconds(700)
    static let mostServers = 2
    /// Between two rounds. Without any answer the name is tried again soon.
    static let pause = Duration.seconds(1)...Duration.seconds(60)
    static let retry = Duration.seconds(5)

    /// Nil where nothing is named.
    ///
    /// - Parameter protected: Never followed, whatever the patterns are.
    init?(_ terms: NetTerms, except: [NamePattern], protected: [NamePattern]) {
        guard !terms.names.isEmpty else { return nil }
        matcher = NameMatcher(patterns: terms.names.map(\.pattern), exceptions: except)
        exceptions = NameMatcher(patterns: except)
        self.protected = NameMatcher(patterns: protected)
        // A pattern cannot be asked for.
        let names = terms.names.map(\.pattern.description).filter { !$0.contains("*") }
        var questions: [[UInt8]] = []
        for name in names.prefix(Self.mostNames) {
            guard let name = DNS.Name(name) else { continue }
            for type in [DNS.RecordType.a, .aaaa] {
                let query = DNS.Builder.query(
                    name, type, id: UInt16(truncatingIfNeeded: questions.count),
                    edns: DNS.EDNS())
                if let bytes = query.encoded() { questions.append(bytes) }
            }
        }
        self.questions = questions
    }

    /// What /etc/hosts has; nil while that has been told, and need not be again.
    mutating func known(
        in files: NamespaceFiles, at now: ContinuousClock.Instant
    ) -> KnownAddresses? {
        let stamp = files.stamp("/etc/hosts")
        if stamp == nil || stamp != read {
            read = stamp
            // Of more than that nobody has made a list of hosts.
            let isTooLarge = stamp.map { $0.size > 16 << 20 } ?? false
            let new = isTooLarge ? nil : known(HostsFile(files.read("/etc/hosts") ?? ""))
            if new != found { (found, toldAgain) = (new, now) }
        }
        // The packet loop learns it: not at each round of questions.
        guard now >= toldAgain else { return nil }
        toldAgain = now + .seconds(Int64(LiveConnections.knownLife))
        return found
    }

    /// The names that are meant, as the file has them.
    func known(_ hosts: HostsFile) -> KnownAddresses {
        // An address that has a name to be left alone is left alone, on whatever line that name is.
        var spared: Set<IPAddress> = []
        var meant: [KnownAddress] = []
        for entry in hosts.entries {
            for name in entry.names {
                if protected.pattern(for: name) != nil || exceptions.pattern(for: name) != nil {
                    spared.insert(entry.address)
                } else if matcher.pattern(for: name) != nil {
                    meant.append(KnownAddress(name: name, address: entry.address))
                }
            }
        }
        meant.removeAll { spared.contains($0.address) }
        // A fault follows no more.
        meant.removeLast(max(0, meant.count - AddressBook.limit))
        let addresses = Set(meant.map(\.address))
        let beside = hosts.entries.filter { addresses.contains($0.address) }.flatMap { entry in
            entry.names.filter { matcher.pattern(for: $0) == nil }
                .map { KnownAddress(name: $0, address: entry.address) }
        }
        return KnownAddresses(meant: meant, beside: beside)
    }

    /// Asks once; returns after how long to ask again.
    func ask(_ resolvers: HostResolvers) async -> Duration {
        guard !questions.isEmpty else { return Self.pause.upperBound }
        for server in resolvers.addresses.prefix(Self.mostServers) {
            let answers = await ResolverQuestions.ask(
                questions, server: server.octets, port: Fault.dnsPort,
                mark: PacketMark.observer, within: Self.patience)
            guard !answers.isEmpty else { continue }
            guard let ttl = answers.compactMap(Self.ttl).min() else { return Self.retry }
            return min(max(.seconds(Int64(ttl)), Self.pause.lowerBound), Self.pause.upperBound)
        }
        return Self.retry
    }

    /// The shortest TTL of the addresses in an answer.
    private static func ttl(_ answer: [UInt8]) -> UInt32? {
        guard let message = try? DNS.Message(parsing: answer.span) else { return nil }
        var cursor = message.records
        var shortest: UInt32?
        while let record = cursor.next(in: answer.span), record.section == .answer {
            guard record.type == .a || record.type == .aaaa else { continue }
            shortest = min(shortest ?? .max, record.ttl)
        }
        return shortest
    }
}
