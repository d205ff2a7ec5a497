public import Spec

/// Some packets vanish.
///
/// Each packet that is sent to the hosts is dropped or not by itself, in the kernel. What software
/// sees of it is delay: TCP sends again after 200 ms and more, a handshake after a second.
///
/// Example:
///     brownout net loss api.example.com --percent 10%
public struct Loss: NetEffect {
    /// Which share of the packets.
    public var percent = Percentage.all

    public static let name = "loss"
    public static let keys: [EffectKey<Self>] = [.percentage("percent", \.percent, required: true)]
    public static let primaryKey: String? = "percent"

    public init() {}

    public func problem() -> String? {
        percent.fraction == 0 ? "a loss of 0% changes nothing" : nil
    }

    public var action: NetAction { .lose(fraction: percent.fraction) }
}
