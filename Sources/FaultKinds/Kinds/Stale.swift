public import Wire

/// An older answer: yesterday's plan, applied today.
///
/// With `addresses`, these are what the name resolves to. Without, the first answer seen for a name
/// and type since the fault was armed is given again and again, however the real one moves on.
/// Remembered are at most 4,096 questions with 64 addresses each; further ones pass.
///
/// Example:
///     brownout dns stale dynamodb.us-east-1.amazonaws.com
///     brownout dns stale dynamodb.us-east-1.amazonaws.com --addresses 192.0.2.10,2001:db8::10
public struct Stale: DNSEffect {
    /// The old addresses, of either family. Without them: the first answer seen since arming.
    public var addresses: [IPAddress] = []

    public static let name = "stale"
    public static let keys: [EffectKey<Self>] = [.addresses("addresses", \.addresses)]
    public static let primaryKey: String? = "addresses"
    public static let observes = true

    /// What was seen first, by question.
    private var firstSeen: [Question: [IPAddress]] = [:]

    private struct Question: Hashable {
        var name: [UInt8]
        var type: DNS.RecordType

        /// Nil for questions that are not for addresses.
        init?(_ answer: DNS.Answer, name: DNS.NameBuffer) {
            guard let type = answer.question?.type, type == .a || type == .aaaa else { return nil }
            self.type = type
            self.name = (0..<name.count).map { name[$0] }
        }
    }

    static let questionLimit = 4096
    static let addressLimit = 64

    public init() {}

    public func problem() -> String? {
        AddressLimit.problem(with: addresses)
    }

    public mutating func observe(_ answer: DNS.Answer, question: DNS.NameBuffer) {
        guard addresses.isEmpty, let question = Question(answer, name: question),
            firstSeen[question] == nil, firstSeen.count < Self.questionLimit
        else { return }
        let first = answer.addresses
        guard !first.isEmpty, first.count <= Self.addressLimit else { return }
        firstSeen[question] = first
    }

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        if !addresses.isEmpty {
            return answer.pretend(addresses: addresses) ? .changed : .untouched
        }
        guard let question = Question(answer, name: firing.question),
            let first = firstSeen[question], first != answer.addresses
        else { return .untouched }
        return answer.pretend(addresses: first) ? .changed : .untouched
    }
}
