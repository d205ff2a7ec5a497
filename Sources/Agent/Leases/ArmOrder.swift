public import Control

/// A request to arm, with its texts read.
public struct ArmOrder: Sendable {
    /// The fault's YAML or JSON.
    public var body: String
    public var name: String?
    public var duration: Duration?
    public var lease: Duration?
    public var dryRun: Bool
    /// The connection that the client is used over, as SSH_CONNECTION has it.
    public var session: String?
    public var owner: Owner

    public init(
        body: String, name: String? = nil, for duration: Duration? = nil, lease: Duration? = nil,
        dryRun: Bool = false, session: String? = nil, owner: Owner
    ) {
        self.body = body
        // What people see: on one line, without the power to move their cursor.
        self.name = name.map { text in
            String(
                text.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(100)
                    .map(Character.init))
        }
        self.duration = duration
        self.lease = lease
        self.dryRun = dryRun
        self.session = session
        self.owner = owner
    }
}

/// How long a fault will live: decided before anything is touched.
struct Terms: Equatable, Sendable {
    var duration: Duration
    var lease: Duration?

    /// Below it, a client that renews every 2 s could not keep its fault.
    static let shortestLease = Duration.seconds(1)

    /// Throws code `lease` where a fault would live too long, or nobody has said how long.
    init(_ order: ArmOrder, fault: LoadedFault, maximum: Duration) throws(APIError) {
        guard let duration = order.duration ?? fault.lease else {
            throw APIError(
                .lease, "nobody says how long `\(fault.name)` lasts: add `for` (such as for=60s)")
        }
        guard duration > .zero else {
            throw APIError(.request, "`for` must be longer than 0s")
        }
        guard duration <= maximum else {
            throw APIError(
                .lease,
                "`for` is \(duration.spoken), above this agent's maximum of \(maximum.spoken)")
        }
        if let lease = order.lease, lease < Self.shortestLease {
            throw APIError(.request, "`lease` must be 1s or longer")
        }
        self.duration = duration
        lease = order.lease
    }
}

extension Duration {
    /// As a fault file has it, to the millisecond: `1h30m`, `250ms`.
    var spoken: String {
        var rest = wholeMilliseconds
        guard rest > 0 else { return "0s" }
        var text = ""
        for (unit, length) in [("h", Int64(3_600_000)), ("m", 60_000), ("s", 1000), ("ms", 1)] {
            if rest >= length { text += "\(rest / length)\(unit)" }
            rest %= length
        }
        return text
    }
}
