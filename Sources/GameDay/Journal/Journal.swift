/// A run as it is kept: `journal.json`.
///
/// The file is a JSON object with the keys `version` (1), `run` (the header), `events` and
/// `verdict` (null until the run is over). It is a valid document after every single write.
public struct Journal: Codable, Equatable, Sendable {
    /// Raised when a reader of the old form would misread the new one.
    public static let currentVersion = 1

    public var version: Int
    public var run: RunHeader
    public var events: [RunEvent]
    public var verdict: Verdict?

    public init(run: RunHeader, events: [RunEvent] = [], verdict: Verdict? = nil) {
        version = Self.currentVersion
        self.run = run
        self.events = events
        self.verdict = verdict
    }
}
