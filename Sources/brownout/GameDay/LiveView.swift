import Control
import GameDay

/// A run as it is told while it goes on: drawn, as plain lines, or as JSON. The texts, without
/// writing them.
struct LiveView {
    private(set) var story: RunStory
    let style: Report.Style
    let glyphs: LiveGlyphs
    /// What a person does who is waited for; nil: nobody is.
    var confirming: String? {
        didSet { plain.confirming = confirming }
    }

    private var lines = LiveLines()
    private var plain = LivePlain()
    private var drawnAt: Int64?

    /// Milliseconds between two drawings: five a second are calm enough.
    static let pace: Int64 = 200

    init(_ header: RunHeader, style: Report.Style, glyphs: LiveGlyphs) {
        story = RunStory(header, keeping: .last(120))
        self.style = style
        self.glyphs = glyphs
    }

    /// Once, before the first event.
    func begin() -> String {
        switch style {
        case .json: Self.json(["event": .string("run"), "run": .init(encoding: story.header)])
        case .plain:
            LiveLine.harmless(
                "\(story.header.title): \(Numbers.count(story.phases.count, "phase")), "
                    + "\(Numbers.count(story.probes.count, "probe")), "
                    + "run \(story.header.id)") + "\n"
        case .live: ""
        }
    }

    mutating func apply(_ event: RunEvent) -> String {
        story.apply(event)
        switch style {
        // Plain values: encoding them cannot fail.
        case .json: return ((try? ControlJSON.text(event)) ?? "{}") + "\n"
        case .plain: return plain.text(of: event, story)
        case .live: return ""
        }
    }

    /// As often as the caller likes; draws when it is time.
    ///
    /// - Parameter now: milliseconds of the run.
    mutating func tick(now: Int64, columns: Int, rows: Int) -> String {
        switch style {
        case .json: return ""
        case .plain: return plain.progress(story, now: now)
        case .live(let styled):
            if let drawnAt, now - drawnAt < Self.pace { return "" }
            drawnAt = now
            let screen = LiveScreen(
                story: story, columns: columns, rows: rows, now: now, styled: styled,
                glyphs: glyphs,
                confirming: confirming ?? "confirmed by itself")
            return lines.draw(screen.lines)
        }
    }

    /// Somebody typed a line.
    mutating func skipLine() { lines.skipLine() }

    /// Once, at the end. What was drawn goes.
    mutating func finish(_ verdict: Verdict, reports: [String]) -> String {
        story.finish(verdict)
        switch style {
        case .json:
            return Self.json([
                "event": .string("verdict"), "verdict": .init(encoding: verdict),
                "reports": .array(reports.map { .string($0) }),
            ])
        case .plain:
            return LiveEnding(story: story, styled: false, reports: reports).text
        case .live(let styled):
            return lines.erase() + LiveEnding(story: story, styled: styled, reports: reports).text
        }
    }

    private static func json(_ members: [String: JSONValue]) -> String {
        ((try? ControlJSON.text(JSONValue.object(members))) ?? "{}") + "\n"
    }
}

extension JSONValue {
    /// A value as it is in JSON.
    fileprivate init(encoding value: some Encodable) {
        let data = try? ControlJSON.encode(value)
        self = data.flatMap { try? ControlJSON.decode(JSONValue.self, from: $0) } ?? .null
    }
}
