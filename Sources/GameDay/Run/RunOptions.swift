/// How a game day is run, apart from what its file says.
public struct RunOptions: Sendable {
    /// Arms faults that only count.
    public var dryRun: Bool
    /// How long a fault lives when nobody renews it: the longest that anything is left after a
    /// crash of the runner.
    public var lease: Duration
    /// How often leases are renewed and counts read.
    public var renewal: Duration

    public init(
        dryRun: Bool = false, lease: Duration = .seconds(10), renewal: Duration = .seconds(1)
    ) {
        self.dryRun = dryRun
        self.lease = lease
        self.renewal = renewal
    }
}
