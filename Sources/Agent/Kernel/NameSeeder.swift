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
    private let protected: NameMatcher

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

    /// The names that are meant, as /etc/hosts has them.
    func known(_ hosts: HostsFile) -> [KnownAddress] {
        hosts.entries.flatMap { entry -> [KnownAddress] in
            guard entry.names.allSatisfy({ protected.pattern(for: $0) == nil }) else { return [] }
            return entry.names.filter { matcher.pattern(for: $0) != nil }
                .map { KnownAddress(name: $0, address: entry.address) }
        }
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
