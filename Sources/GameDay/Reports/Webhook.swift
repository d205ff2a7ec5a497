import Control

/// What is posted to a webhook: JSON with a `text` that Slack and those that speak its form show, and
/// the same as keys for programs. Sending is the runner's.
public struct WebhookMessage: Encodable, Equatable, Sendable {
    public enum Event: String, Codable, Sendable { case start, phase, stop, verdict }

    /// In Slack's mrkdwn: `&`, `<` and `>` of names are escaped.
    public var text: String
    public var event: Event
    /// The run's id.
    public var run: String
    public var title: String
    public var host: String
    /// Milliseconds since the run began.
    public var at: Int64
    /// With `phase`, and with `stop` where one went on.
    public var phase: String?
    public var verdict: Verdict?
    /// With `verdict`: of those probes that failed.
    public var measurements: [String: Measurements]?

    private init(_ event: Event, _ text: String, _ story: RunStory) {
        self.event = event
        self.text = text
        run = story.header.id
        title = story.header.title
        host = story.header.host
        at = story.now
    }

    /// Before the first event.
    public static func start(_ story: RunStory) -> Self {
        let header = story.header
        var words = "Game day *\(plain(header.title))* begins on \(plain(header.host))"
        if header.dryRun { words += ", as a dry run" }
        if let runbook = header.runbook { words += "\nRunbook: \(plain(runbook))" }
        return Self(.start, words, story)
    }

    /// - Parameter story: the run with this event already applied.
    /// - Returns: nil for events that nobody is to be told of.
    public init?(event: RunEvent, story: RunStory) {
        switch event.kind {
        case .phaseBegan(let value):
            guard story.phases.indices.contains(value.phase) else { return nil }
            let phase = story.phases[value.phase].info
            let lasts = phase.seconds.map { ", up to \(Figures.seconds($0))" } ?? ""
            let arms = phase.arm.isEmpty ? "" : "\nArms: \(phase.arm.joined(separator: ", "))"
            let lifts = phase.lift.isEmpty ? "" : "\nLifts: \(phase.lift.joined(separator: ", "))"
            self.init(
                .phase,
                "*\(Self.plain(story.header.title))*: phase \(value.phase + 1) of "
                    + "\(story.phases.count), *\(Self.plain(phase.name))*\(lasts)"
                    + Self.plain(arms + lifts), story)
            self.phase = phase.name
        case .stopped(let value):
            self.init(
                .stop,
                "*\(Self.plain(story.header.title))* is stopped by \(value.cause.words): "
                    + "\(Self.plain(value.why))\nEverything is being lifted.", story)
            phase = story.current.map(story.phaseName)
        default: return nil
        }
        at = event.at
    }

    /// Once, at the end; nil before.
    public static func verdict(_ story: RunStory) -> Self? {
        guard let verdict = story.verdict else { return nil }
        let words = VerdictWords(verdict)
        var lines = [
            "*\(plain(story.header.title))*: *\(words.head)*, \(plain(words.summary)) "
                + "(\(Figures.seconds(story.seconds)))"
        ]
        for row in story.expectations.filter(\.judgement.isFailure).prefix(10) {
            let measured = row.measured.map { ": \($0)" } ?? ""
            lines.append(
                plain("✕ \(story.phaseName(row.phase)), \(row.probe) \(row.text)\(measured)"))
        }
        var measurements: [String: Measurements] = [:]
        for probe in story.probes {
            let values = story.measurements(of: probe)
            guard let degraded = values.timeToDegrade else { continue }
            measurements[probe.info.name] = values
            let back = values.recoveryTime.map { "back after \(Figures.seconds($0))" }
            lines.append(
                plain(
                    "\(probe.info.name): failed after \(Figures.seconds(degraded)), "
                        + (back ?? "not back for good")))
        }
        var message = Self(.verdict, lines.joined(separator: "\n"), story)
        message.verdict = verdict
        message.measurements = measurements
        message.at = verdict.at
        return message
    }

    /// One line of JSON.
    public var json: String {
        // Plain values: encoding them cannot fail.
        (try? ControlJSON.text(self)) ?? "{}"
    }

    private static func plain(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}
