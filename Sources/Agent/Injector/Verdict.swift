/// What is to happen with a packet.
public enum Verdict: Equatable, Sendable {
    /// It goes on as it came.
    case accept
    /// It is dropped.
    case drop
    /// The bytes in the injector's output go on in its place.
    case replace
    /// It (or, if `replaced`, the bytes in the output) goes on at that time, unless a ``HoldEnd``
    /// with this token comes first. Times are monotonic nanoseconds.
    case hold(until: UInt64, token: UInt64, replaced: Bool)
}

/// The end of a hold, before its time.
public struct HoldEnd: Equatable, Sendable {
    public enum Action: Equatable, Sendable {
        case accept
        case drop
        case replace([UInt8])
    }

    /// The token that the hold was given.
    public var token: UInt64
    public var action: Action

    public init(token: UInt64, action: Action) {
        self.token = token
        self.action = action
    }
}
