public import Spec

/// An expectation of one probe, as a game day writes it.
public struct Expected: Equatable, Sendable {
    public var probe: String
    public var expectation: Expectation
    /// Where its text is.
    public var location: SourceLocation

    public init(probe: String, expectation: Expectation, location: SourceLocation) {
        self.probe = probe
        self.expectation = expectation
        self.location = location
    }

    /// `checkout: success >= 99%`.
    public var words: String { "\(probe): \(expectation.text)" }

    /// The same at a speed.
    func scaled(by speed: Double) -> Expected {
        Expected(
            probe: probe, expectation: expectation.scaled(by: speed), location: location)
    }
}
