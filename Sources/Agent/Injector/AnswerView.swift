import FaultKinds
import Wire

/// What faults look at to decide whether an answer is theirs.
///
/// One is kept by the injector and filled anew for each answer, so that its arrays keep their room.
struct AnswerView {
    var questionType = DNS.RecordType.a
    var questionName = DNS.NameBuffer()
    /// The targets of the answer's CNAME records.
    private(set) var aliases: [DNS.NameBuffer] = []
    var transport = Packet.Transport.udp
    var source = IPAddress.v4(0)
    var sourcePort: UInt16 = 0
    var path = Path.wire
    /// Whom the answer is for.
    var destination = IPAddress.v4(0)
    var destinationPort: UInt16 = 0
    /// Who asked: nil before it is looked up, `.some(nil)` if nobody is found.
    var asker: Asker??
    var resolverIsLoopback = false
    /// Neither signed (TSIG, SIG(0)) nor a referral.
    var mayBeRewritten = true

    /// Longer chains are cut by resolvers as well: BIND and unbound stop at 11 to 16.
    static let aliasLimit = 16

    /// Fills in what the message says.
    ///
    /// - Returns: False if it is no answer to a single question, and so no fault's business.
    mutating func load(_ message: DNS.Message, from bytes: Span<UInt8>) -> Bool {
        guard message.header.isResponse, message.header.opcode == 0,
            message.header.questionCount == 1, let question = message.question
        else { return false }
        questionType = question.type
        mayBeRewritten = !message.isSigned && !message.isReferral
        aliases.removeAll(keepingCapacity: true)
        do {
            _ = try questionName.load(from: bytes, at: question.nameOffset)
            if message.header.answerCount == 0 { return true }
            var cursor = message.records
            while let record = cursor.next(in: bytes), record.section == .answer {
                guard record.type == .cname, aliases.count < Self.aliasLimit else { continue }
                var alias = DNS.NameBuffer()
                _ = try alias.load(from: bytes, at: record.rdata.lowerBound)
                aliases.append(alias)
            }
        } catch {
            // The message was parsed as a whole, so its names are sound; if not, it is left alone.
            return false
        }
        return true
    }

    /// Whether the question's name or any name of its CNAME chain is among these.
    func hasAny(of matcher: NameMatcher) -> Bool {
        if matcher.includes(questionName) { return true }
        for alias in aliases where matcher.includes(alias) { return true }
        return false
    }

    /// Whether the question's name or any name of its CNAME chain is meant, and none is an exception.
    func names(match matcher: NameMatcher) -> Bool {
        var included = matcher.includes(questionName)
        if !matcher.exceptions.isEmpty, matcher.excludes(questionName) { return false }
        for alias in aliases {
            included = included || matcher.includes(alias)
            if !matcher.exceptions.isEmpty, matcher.excludes(alias) { return false }
        }
        return included
    }
}
