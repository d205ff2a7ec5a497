public import Wire

/// Any response code, with empty sections.
///
/// For the codes that have no effect of their own: FORMERR (1), NOTIMP (4), NOTAUTH (9) … The
/// numbers are those of the IANA registry "DNS RCODEs"; only the four bits of the message header
/// can be set (0 to 15).
///
/// Example:
///     brownout dns rcode api.example.com --code NOTIMP
public struct RCode: DNSEffect {
    /// The code, as a number from 0 to 15 or by name (FORMERR, NOTIMP, NOTAUTH …).
    public var code: DNS.ResponseCode = .servFail

    public static let name = "rcode"
    public static let keys: [EffectKey<Self>] = [.responseCode("code", \.code, required: true)]
    public static let primaryKey: String? = "code"

    public init() {}

    public mutating func apply(
        to answer: inout DNS.Answer, message: Span<UInt8>, firing: inout Firing
    ) -> EffectOutcome {
        answer.fail(with: code)
        return .changed
    }
}
