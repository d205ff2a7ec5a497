import Control
import FoundationEssentials
import Glibc
import Synchronization
import SystemPackage

/// Writes `journal.json` while a run goes on.
///
/// Guarantee: at every moment the file is one valid JSON document that holds every event written
/// so far, whoever reads it, wherever `kill -9` hits, and when the disk is full. Only a loss of power
/// may take more.
///
/// How: the end of the document (`],"verdict":null}`) stands on a page of its own, some pages of
/// blanks away from the last event, and events are written into those blanks. A kill cuts a write
/// between two pages of the page cache (`generic_perform_write` looks for a fatal signal after each), never
/// within one; so no write crosses a page. When the blanks are used up, the file is written anew
/// with more of them and renamed into place. (Overwriting the end by event and end at once does not do:
/// of 200 such writes of 4,000 bytes that were killed, 27 were cut.)
///
/// Writing never fails the run: what cannot be written is counted in `status`, and later events
/// are tried again.
public final class JournalFile: Sendable {
    public struct Status: Equatable, Sendable {
        /// Events in the file.
        public var written = 0
        /// Events that are not, and never will be.
        public var lost = 0
        /// Why, the latest time; stays.
        public var problem: String?
    }

    private struct State {
        var file: FileDescriptor
        /// Where the next event goes, and where the end of the document stands: at a page's begin.
        var cursor: Int
        var end: Int
        var status = Status()
        /// After a failure to make room, no other try before this time of the run.
        var retryAt = Int64.min
        var isFinished = false
    }

    public let path: String
    private let state: Mutex<State>

    /// The smallest page that any Linux has; larger ones are multiples.
    static let page = 4096
    /// How many blanks a file has at least when it is written anew.
    static let room = 16 * page
    /// Milliseconds of the run between two tries to make room on a full disk.
    static let patience: Int64 = 5000

    /// Makes the file, in place of one that may be there.
    public init(path: String, header: RunHeader) throws(JournalError) {
        self.path = path
        do {
            let run = try ControlJSON.text(header)
            let head = Data(
                "{\"version\":\(Journal.currentVersion),\"run\":\(run),\"events\":[".utf8)
            let (data, end) = Self.document(head, room: Self.room, verdict: nil)
            state = Mutex(
                State(file: try Self.replace(path, with: data), cursor: head.count, end: end))
        } catch {
            throw .unwritable(path: path, problem: FileProblem.words(error))
        }
    }

    deinit {
        state.withLock { try? $0.file.close() }
    }

    public var status: Status { state.withLock { $0.status } }

    /// Adds events. Those of one call share writes.
    public func append(_ events: [RunEvent]) {
        state.withLock { state in
            guard !state.isFinished else {
                state.status.lost += events.count
                state.status.problem = "the journal is finished"
                return
            }
            var batch = Batch(at: state.cursor)
            for event in events {
                guard let json = try? ControlJSON.encode(event) else {
                    // A number that JSON has not: NaN, infinity.
                    state.status.lost += 1
                    state.status.problem = "an event that JSON cannot carry"
                    continue
                }
                var line = Self.line(json, isFirst: state.status.written + batch.count == 0)
                if !batch.takes(line, until: state.end) {
                    write(batch, &state)
                    batch = Batch(at: state.cursor)
                    // None of the batch may be there now: then this is the first.
                    line = Self.line(json, isFirst: state.status.written == 0)
                    if !batch.takes(line, until: state.end) {
                        makeRoom(for: line, at: event.at, &state)
                        batch = Batch(at: state.cursor)
                        continue
                    }
                }
                batch.append(line)
            }
            write(batch, &state)
        }
    }

    /// Writes the verdict and gives the blanks back. Nothing can be added then.
    public func finish(_ verdict: Verdict) {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            var verdict = verdict
            // The end has one page.
            if verdict.summary.utf8.count > 1000 {
                verdict.summary = String(verdict.summary.prefix(200)) + "…"
            }
            do {
                try state.file.writeAll(toAbsoluteOffset: Int64(state.end), Self.trailer(verdict))
            } catch {
                state.status.problem = FileProblem.words(error)
            }
            // Where there is no room for a second copy the blanks stay: the document is as valid.
            if let whole = try? Data(contentsOf: URL(filePath: path)) {
                let (data, _) = Self.document(
                    whole.prefix(state.cursor), room: nil, verdict: verdict)
                if let file = try? Self.replace(path, with: data) {
                    try? state.file.close()
                    state.file = file
                }
            }
            fsync(state.file.rawValue)
        }
    }

    private func write(_ batch: Batch, _ state: inout State) {
        var isWhole = true
        for part in batch.parts {
            guard isWhole else {
                // Its comma may have nothing before it.
                state.status.lost += part.count
                continue
            }
            do {
                try state.file.writeAll(toAbsoluteOffset: Int64(part.offset), part.bytes)
                state.cursor = part.offset + part.bytes.count
                state.status.written += part.count
            } catch {
                // Within a page it is all or nothing; blanks again, should a file system differ.
                let blanks = Data(repeating: Self.blank, count: part.bytes.count)
                _ = try? state.file.writeAll(toAbsoluteOffset: Int64(part.offset), blanks)
                state.status.lost += part.count
                state.status.problem = FileProblem.words(error)
                isWhole = false
            }
        }
    }

    /// Half as many blanks again as there are bytes, so that a long journal is seldom written anew; on
    /// a disk that is nearly full only a few.
    private func roomy(_ kept: Data) throws -> (FileDescriptor, end: Int) {
        if let wide = try? Self.replace(path, kept, room: max(Self.room, kept.count / 2)) {
            return wide
        }
        return try Self.replace(path, kept, room: Self.room)
    }

    /// Writes the file anew with this event and more blanks.
    private func makeRoom(for line: Data, at time: Int64, _ state: inout State) {
        func lose(_ problem: String?) {
            state.status.lost += 1
            if let problem { state.status.problem = problem }
        }
        guard time >= state.retryAt else { return lose(nil) }
        do {
            var kept = try Data(contentsOf: URL(filePath: path)).prefix(state.cursor)
            kept.append(line)
            let (file, end) = try roomy(kept)
            try? state.file.close()
            state.file = file
            state.cursor = kept.count
            state.end = end
            state.status.written += 1
        } catch {
            state.retryAt = time + Self.patience
            lose(FileProblem.words(error))
        }
    }
}

extension JournalFile {
    private static let blank = UInt8(ascii: " ")

    private static func line(_ json: Data, isFirst: Bool) -> Data {
        Data((isFirst ? "\n" : "\n,").utf8) + json
    }

    private static func trailer(_ verdict: Verdict?) -> Data {
        // Plain values: encoding them cannot fail.
        let text = verdict.flatMap { try? ControlJSON.text($0) } ?? "null"
        return Data("\n],\"verdict\":\(text)}\n".utf8)
    }

    /// What is kept, blanks to at least `room` and to a page's end (nil: none), and the end.
    private static func document(
        _ kept: Data, room: Int?, verdict: Verdict?
    ) -> (data: Data, end: Int) {
        let end = room.map { (kept.count + $0 + page - 1) / page * page } ?? kept.count
        var data = Data(capacity: end + page)
        data.append(kept)
        data.append(Data(repeating: blank, count: end - kept.count))
        data.append(trailer(verdict))
        return (data, end)
    }

    /// Writes beside the file and renames; what was there stays if that fails.
    private static func replace(_ path: String, with data: Data) throws -> FileDescriptor {
        try data.write(to: URL(filePath: path), options: .atomic)
        return try FileDescriptor.open(FilePath(path), .writeOnly, options: .closeOnExec)
    }

    private static func replace(
        _ path: String, _ kept: Data, room: Int
    ) throws -> (FileDescriptor, end: Int) {
        let (data, end) = document(kept, room: room, verdict: nil)
        return (try replace(path, with: data), end)
    }

    /// Lines on their way into the blanks, cut so that none crosses a page.
    private struct Batch {
        struct Part {
            var offset: Int
            var bytes = Data()
            var count = 0
        }
        var parts: [Part]

        init(at cursor: Int) { parts = [Part(offset: cursor)] }

        var count: Int { parts.reduce(0) { $0 + $1.count } }

        private func offset(for line: Data) -> Int {
            let next = parts.last.map { $0.offset + $0.bytes.count } ?? 0
            let left = JournalFile.page - next % JournalFile.page
            return line.count <= left ? next : next + left
        }

        func takes(_ line: Data, until end: Int) -> Bool {
            line.count <= JournalFile.page && offset(for: line) + line.count <= end
        }

        mutating func append(_ line: Data) {
            let offset = offset(for: line)
            let last = parts.count - 1
            if offset / JournalFile.page != parts[last].offset / JournalFile.page
                || offset != parts[last].offset + parts[last].bytes.count
            {
                parts.append(Part(offset: offset))
            }
            parts[parts.count - 1].bytes.append(line)
            parts[parts.count - 1].count += 1
        }
    }
}
