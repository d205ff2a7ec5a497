import ArgumentParser
import Control
import FoundationEssentials
import GameDay
import Glibc
import NIOPosix
import UnixSignals

/// One run and everything around it: the view, the terminal's confirmations, the run's socket, the
/// webhook, and the reports at its end.
struct RunSession: Sendable {
    let plan: Plan
    let record: RunRecord
    let folder: String
    let gate: any FaultGate
    let options: RunOptions
    let webhook: String?
    let confirmations: Confirmations
    let control: String
    let style: Report.Style
    let agentSocket: String

    func run(_ signals: UnixSignalsSequence) async throws -> Verdict {
        let (interrupts, interrupt) = AsyncStream.makeStream(of: String.self)
        let post = webhook.map(WebhookPost.init)
        let clock = RunClock()
        let runner = Runner(
            plan, gate: gate, options: options, confirmations: confirmations,
            environment: ["BROWNOUT_SOCKET": agentSocket, "BROWNOUT_RUN": record.story.header.id],
            clock: clock
        ) { record.tell($0) }
        if let post {
            post.send(.start(record.story))
            record.watch { event, story in
                if let message = WebhookMessage(event: event, story: story) { post.send(message) }
            }
        }
        let view = RunView(
            record.story.header, style: style,
            confirming: isatty(STDIN_FILENO) == 1 ? nil : "brownout gameday confirm \(folder)"
        ) { clock.now.wholeMilliseconds }
        view.begin()
        record.watch { event, _ in view.apply(event) }
        let posting = Task {
            await post?.run { problem in
                record.tell(RunEvent(at: record.story.now, .note(.init(text: problem))))
            }
        }
        let beside = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await signal in signals { interrupt.yield("\(signal)") } }
                group.addTask { await view.run() }
                group.addTask { await serve { interrupt.yield($0) } }
                group.addTask { await listen(view) }
                await group.waitForAll()
            }
        }
        let verdict = await runner.run(interrupts: interrupts)
        beside.cancel()
        let story = record.finish(verdict)
        if let post {
            if let message = WebhookMessage.verdict(story) { post.send(message) }
            post.finish()
            let alarm = Task {
                try await Task.sleep(for: WebhookPost.lastPatience)
                posting.cancel()
            }
            await posting.value
            alarm.cancel()
        }
        view.finish(verdict, reports: writeReports())
        return verdict
    }

    /// Serves the run's socket. A run goes on without one.
    private func serve(_ interrupt: @escaping @Sendable (String) -> Void) async {
        guard control.utf8.count <= RunControl.longestPath else {
            return note("no run socket: its path is longer than \(RunControl.longestPath) octets")
        }
        do {
            try await RunControl(
                socket: control, record: record, confirmations: confirmations,
                interrupt: interrupt
            ).serve()
        } catch is CancellationError {
        } catch {
            note("no run socket: \(ErrorText.oneLine("\(error)"))")
        }
    }

    private func note(_ text: String) {
        record.tell(RunEvent(at: record.story.now, .note(.init(text: text))))
    }

    /// Each line typed at the terminal confirms the oldest step that waits.
    private func listen(_ view: RunView) async {
        guard isatty(STDIN_FILENO) == 1 else { return }
        let who = Login.name
        let (lines, feed) = AsyncStream.makeStream(of: String.self)
        // Reading a terminal cannot be cancelled: the thread ends with the process.
        NIOThreadPool.singleton.submit { _ in
            while let line = readLine() { feed.yield(line) }
            feed.finish()
        }
        for await _ in lines {
            view.skipLine()
            await confirmations.confirm(who: who)
        }
    }

    /// Writes the reports; what cannot be written is said.
    ///
    /// - Returns: The paths of those that are there, the journal first.
    private func writeReports() -> [String] {
        var written: [String] = []
        do {
            let journal = try Journal(reading: record.journal.path)
            written = try ReportWriter.write(journal, to: folder)
        } catch let error as ReportError {
            written = error.written
            Console.complain("not every report could be written: \(ErrorText.oneLine("\(error)"))")
        } catch {
            Console.complain("no report could be written: \(ErrorText.oneLine("\(error)"))")
        }
        let status = record.journal.status
        if status.lost > 0 {
            Console.complain(
                "\(status.lost) events are not in the journal: \(status.problem ?? "unknown")")
        }
        return [record.journal.path] + written
    }
}
