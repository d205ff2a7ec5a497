public import Control
import FoundationEssentials
import Synchronization
import SystemPackage

/// The append-only record of every decision: one JSON object a line, `AgentEvent` each.
///
/// Writing never fails the agent: a line that does not fit on the disk is lost, counted, and said
/// in `status`; the next one is tried again.
public final class Journal: Sendable {
    private struct State {
        var file: FileDescriptor?
        var status: JournalStatus
        /// The latest write failed, perhaps within a line.
        var torn = false
    }

    private let state: Mutex<State>

    /// rw-r-----: who is in the group may read what was done.
    static let permissions: FilePermissions = [.ownerReadWrite, .groupRead]

    /// Without a file: lines go to the event stream alone.
    public init() {
        state = Mutex(State(file: nil, status: JournalStatus(path: nil)))
    }

    /// Opens or creates the file. Throws the errno of `open`.
    init(path: String) throws(Errno) {
        let file = try Self.open(path)
        state = Mutex(State(file: file, status: JournalStatus(path: path)))
    }

    deinit {
        state.withLock { try? $0.file?.close() }
    }

    /// How many lines are written and lost.
    public var status: JournalStatus {
        state.withLock { $0.status }
    }

    /// Writes one line, without its newline.
    func append(_ line: String) {
        state.withLock { state in
            guard let file = state.file else { return }
            // O_APPEND and one `write` a line: lines of two writers do not mix. What a full disk cut
            // off is closed by a newline (a blank line at worst), so that it spoils no other line.
            do {
                try file.writeAll(((state.torn ? "\n" : "") + line + "\n").utf8)
                state.torn = false
                state.status.written += 1
                state.status.problem = nil
            } catch {
                state.torn = true
                state.status.lost += 1
                state.status.problem = "\(error)"
            }
        }
    }

    /// Opens the file again under its name, for a log rotation. Keeps the old one if that fails.
    func reopen() {
        state.withLock { state in
            guard let old = state.file, let path = state.status.path else { return }
            do {
                state.file = try Self.open(path)
                state.torn = false
                try old.close()
            } catch {
                state.status.problem = "reopening: \(error)"
            }
        }
    }

    private static func open(_ path: String) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.append, .create, .closeOnExec],
                permissions: permissions)
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }
}
