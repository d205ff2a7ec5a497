import ArgumentParser
import Control
import FoundationEssentials
import GameDay
import Glibc
import Synchronization
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

    /// What came of a run.
    struct Outcome: Sendable {
        var verdict: Verdict
        /// Whether all of it was written to the journal and the reports.
        var isWhole: Bool

        /// A run that held and whose report is not there is no success.
        var exitCode: Int32 {
            verdict.exitCode == 0 && !isWhole ? ExitCode.internalError.rawValue : verdict.exitCode
        }
    }

    /// Whether the verdict is given.
    private final class Ending: Sendable {
        private let flag = Atomic(false)
        var hasCome: Bool { flag.load(ordering: .sequentiallyConsistent) }
        func come() { flag.store(true, ordering: .sequentiallyConsistent) }
    }

    func run(_ signals: UnixSignalsSequence) async throws -> Outcome {
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
            confirming: confirmations.automatic != nil
                ? nil
                : isatty(STDIN_FILENO) == 1
                    ? "press Enter when done" : "brownout gameday confirm \(folder)"
        ) { clock.now.wholeMilliseconds }
        view.begin()
        record.watch { event, _ in view.apply(event) }
        let ending = Ending()
        let posting = Task {
            await post?.run { problem in
                if ending.hasCome {
                    Console.complain(problem)
                } else {
                    note(problem)
                }
            }
        }
        let listening = Task {
            for await signal in signals {
                interrupt.yield("\(signal)")
                // What is left then is nobody's but the webhook's.
                if ending.hasCome { posting.cancel() }
            }
        }
        let beside = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await view.run() }
                group.addTask { await serve { interrupt.yield($0) } }
                group.addTask { await TerminalLines.listen { await confirm(view) } }
                await group.waitForAll()
            }
        }
        let verdict = await runner.run(interrupts: interrupts)
        beside.cancel()
        ending.come()
        let story = record.finish(verdict)
        let (reports, isWhole) = writeReports()
        await view.finish(story.verdict ?? verdict, reports: reports)
        if let post {
            post.finish(with: WebhookMessage.verdict(story))
            let alarm = Task {
                try await Task.sleep(for: WebhookPost.lastPatience)
                posting.cancel()
            }
            await posting.value
            alarm.cancel()
        }
        listening.cancel()
        return Outcome(verdict: verdict, isWhole: isWhole)
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

    /// Somebody typed a line at the terminal: the oldest step that waits is done.
    private func confirm(_ view: RunView) async {
        view.skipLine()
        await confirmations.confirm(who: Login.name)
    }

    /// Writes the reports; what cannot be written is said in one line.
    ///
    /// - Returns: The paths of those that are there, the journal first, and whether nothing is missing.
    private func writeReports() -> (paths: [String], isWhole: Bool) {
        var written: [String] = []
        var problems: [String] = []
        do {
            let journal = try Journal(reading: record.journal.path)
            written = try ReportWriter.write(journal, to: folder)
        } catch let error as ReportError {
            written = error.written
            problems.append(error.description)
        } catch {
            problems.append("no report: \(error)")
        }
        let status = record.journal.status
        if status.lost > 0 {
            problems.append(
                "\(status.lost) events of \(record.journal.path): \(status.problem ?? "unknown")")
        }
        if !problems.isEmpty {
            Console.complain(ErrorText.oneLine("not written: \(problems.joined(separator: "; "))"))
        }
        return ([record.journal.path] + written, problems.isEmpty)
    }
}
