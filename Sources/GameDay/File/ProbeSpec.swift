public import ProbeKinds
public import Spec

/// A probe as a game day names it, with its times.
public struct ProbeSpec: Sendable {
    public var name: String
    public var probe: any Probe
    public var every: Duration
    public var timeout: Duration
    /// Where its name is.
    public var location: SourceLocation

    public init(
        name: String, probe: any Probe, every: Duration, timeout: Duration,
        location: SourceLocation
    ) {
        self.name = name
        self.probe = probe
        self.every = every
        self.timeout = timeout
        self.location = location
    }

    /// `http`, `dns` …
    public var kind: String { type(of: probe).name }

    /// What it can tell beside passing and latency.
    public var facts: [FactSchema] { type(of: probe).facts }
}
