import Control
import GameDay
import Synchronization

/// What a run tells, as it comes: written to the journal, folded into the story, and passed on to
/// whoever watches.
final class RunRecord: Sendable {
    private struct State {
        var story: RunStory
        /// Told once the next event is in the story.
        var watchers: [@Sendable (RunEvent, RunStory) -> Void] = []
    }

    let journal: JournalFile
    private let secrets: Secrets
    private let state: Mutex<State>

    /// - Parameter header: as it is in the journal: without secrets.
    init(_ header: RunHeader, journal: JournalFile, secrets: Secrets) {
        self.journal = journal
        self.secrets = secrets
        state = Mutex(State(story: RunStory(header)))
    }

    var story: RunStory { state.withLock { $0.story } }

    /// Calls `watcher` with every event to come, in order; it must not wait.
    func watch(_ watcher: @escaping @Sendable (RunEvent, RunStory) -> Void) {
        state.withLock { $0.watchers.append(watcher) }
    }

    func tell(_ event: RunEvent) {
        let event = secrets.masked(event)
        state.withLock { state in
            journal.append([event])
            state.story.apply(event)
            for watcher in state.watchers { watcher(event, state.story) }
        }
    }

    func finish(_ verdict: Verdict) -> RunStory {
        let verdict = secrets.masked(verdict)
        return state.withLock { state in
            journal.finish(verdict)
            state.story.finish(verdict)
            return state.story
        }
    }
}
