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

    /// What was seen first, by question.
    private var firstSeen: [Question: [IPAddress]] = [:]

    private struct Question: Hashable {
        var name: [UInt8]
        var type: DNS.RecordType

        init(name: DNS.NameBuffer, type: DNS.RecordType) {
            self.name = (0..<name.count).map { name[$0] }
            self.type = type
        }
    }

    static let questionLimit = 4096
    static let addressLimit = 64

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        if !addresses.isEmpty {
            return answer.pretend(addresses: addresses) ? .changed : .untouched
        }
        guard let type = answer.question?.type, type == .a || type == .aaaa else {
            return .untouched
        }
        let current = answer.addresses
        let question = Question(name: firing.question, type: type)
        guard let first = firstSeen[question] else {
            if !current.isEmpty, current.count <= Self.addressLimit,
                firstSeen.count < Self.questionLimit
            {
                firstSeen[question] = current
            }
            return .untouched
        }
        if first == current { return .untouched }
        return answer.pretend(addresses: first) ? .changed : .untouched
    }
}
