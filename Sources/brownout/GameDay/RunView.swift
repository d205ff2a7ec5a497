import Control
import GameDay

/// What a run shows while it goes on: a live screen, plain lines, or JSON lines.
struct RunView: Sendable {
    let style: Report.Style
    let record: RunRecord

    /// Shows until it is cancelled.
    func run(_ confirmations: Confirmations) async {}

    func finish(_ story: RunStory) {}
}
