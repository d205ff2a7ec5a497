import Control
import Synchronization

/// Hands every event, as its line of JSON, to the journal and to whoever listens.
final class EventFeed: Sendable {
    typealias Lines = AsyncStream<String>

    private struct State {
        var listeners: [Int: Lines.Continuation] = [:]
        var last = 0
        var closed = false
    }

    /// A listener that is further behind is cut off rather than shown a gap.
    static let backlog = 1024

    let journal: Journal
    /// The network namespace that every line names.
    private let netns: String?
    private let state = Mutex(State())

    init(journal: Journal, netns: String? = nil) {
        self.journal = journal
        self.netns = netns
    }

    func publish(_ event: AgentEvent) {
        var event = event
        event.netns = netns
        // Our own values always encode; if one did not, the line says so instead of being missing.
        let line =
            (try? ControlJSON.text(event))
            ?? #"{"event":"error","time":"\#(event.time)","why":"an event did not encode"}"#
        journal.append(line)
        // Finishing a listener calls its termination handler, which locks again: not in here.
        let behind = state.withLock { state in
            let behind = state.listeners.filter { _, listener in
                if case .dropped = listener.yield(line) { return true }
                return false
            }
            for id in behind.keys { state.listeners[id] = nil }
            return behind.values.map { $0 }
        }
        for listener in behind { listener.finish() }
    }

    /// Every line from now on; ends with `close`.
    func listen() -> Lines {
        let (lines, listener) = Lines.makeStream(bufferingPolicy: .bufferingOldest(Self.backlog))
        let id = state.withLock { state -> Int? in
            guard !state.closed else { return nil }
            state.last += 1
            state.listeners[state.last] = listener
            return state.last
        }
        guard let id else {
            listener.finish()
            return lines
        }
        listener.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: id) }
        }
        return lines
    }

    var listenerCount: Int {
        state.withLock { $0.listeners.count }
    }

    /// Ends every listener's stream, after what it has not read yet.
    func close() {
        let listeners = state.withLock { state in
            state.closed = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
