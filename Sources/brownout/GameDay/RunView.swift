import Control
import FoundationEssentials
import GameDay
import Synchronization
import UnixSignals

/// Writes what a run shows while it goes on.
///
/// Events are told as they come, drawings are made on a clock; both are put in order under one lock,
/// so that neither cuts the other. Nobody waits for whoever reads them.
final class RunView: Sendable {
    private let view: Mutex<LiveView>
    private let size = Mutex(LiveSize.fallback)
    private let style: Report.Style
    private let clock: @Sendable () -> Int64
    private let output = OutputFeed()

    /// - Parameter clock: Milliseconds of the run.
    init(
        _ header: RunHeader, style: Report.Style, confirming: String?,
        clock: @escaping @Sendable () -> Int64
    ) {
        var live = LiveView(
            header, style: style,
            glyphs: LiveGlyphs(environment: ProcessInfo.processInfo.environment))
        live.confirming = confirming
        view = Mutex(live)
        self.style = style
        self.clock = clock
    }

    func begin() { view.withLock { output.write($0.begin()) } }

    func apply(_ event: RunEvent) { view.withLock { output.write($0.apply(event)) } }

    /// Somebody typed a line.
    func skipLine() { view.withLock { $0.skipLine() } }

    func finish(_ verdict: Verdict, reports: [String]) async {
        view.withLock { output.write($0.finish(verdict, reports: reports)) }
        await output.flush(within: .seconds(2))
    }

    /// Draws until it is cancelled.
    func run() async {
        guard style != .json else { return }
        await withTaskGroup(of: Void.self) { group in
            if style != .plain {
                let resized = await UnixSignalsSequence(trapping: .sigwinch)
                group.addTask {
                    await self.measure()
                    for await _ in resized { await self.measure() }
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    self.draw()
                    try? await Task.sleep(for: .milliseconds(LiveView.pace))
                }
            }
        }
    }

    private func draw() {
        guard style == .plain || !output.isBusy else { return }
        let now = clock()
        let size = size.withLock { $0 }
        view.withLock { output.write($0.tick(now: now, columns: size.columns, rows: size.rows)) }
    }

    private func measure() async {
        let asked = await LiveSize.ask(environment: ProcessInfo.processInfo.environment)
        size.withLock { $0 = asked }
    }
}
