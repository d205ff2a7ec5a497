/// A run as it is kept: `journal.json`.
///
/// The file is a JSON object with the keys `version` (1), `run` (the header), `events` and
/// `verdict` (null until the run is over). It is a valid document at every moment of the run, also
/// where the runner is killed or the disk is full: `JournalFile` says how.
/// Schemas/journal.schema.json has every key. A reader ignores keys that it does not know.
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

    private enum CodingKeys: CodingKey {
        case version, run, events, verdict
    }

    /// `verdict` is there from the start, as a null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encode(run, forKey: .run)
        try container.encode(events, forKey: .events)
        try container.encode(verdict, forKey: .verdict)
    }
}
