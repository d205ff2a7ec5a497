import FaultKinds
import Netfilter
import Spec
import Wire

/// Asks the host's resolvers for the names of a fault, so that the answers teach their addresses to
/// it: when it is armed, and again as TTLs end. The answers come the way of all others.
struct NameSeeder: Sendable {
    private let questions: [[UInt8]]

    /// A fault may have a thousand names; these are asked for.
    static let mostNames = 64
    static let patience = Duration.milliseconds(700)
    static let mostServers = 2
    /// Between two rounds. Without any answer the name is tried again soon.
    static let pause = Duration.seconds(1)...Duration.seconds(60)
    static let retry = Duration.seconds(5)

    /// Nil where no name is exact: a pattern cannot be asked for.
    init?(_ terms: NetTerms) {
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
        guard !questions.isEmpty else { return nil }
        self.questions = questions
    }

    /// Asks once; returns after how long to ask again.
    func ask(_ resolvers: HostResolvers) async -> Duration {
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
