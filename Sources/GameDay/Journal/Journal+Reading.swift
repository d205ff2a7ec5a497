import Control
import FoundationEssentials
import Glibc
import SystemPackage

extension Journal {
    /// Reads a journal, of a run that is over or of one that is going on.
    public init(reading path: String) throws(JournalError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .unreadable(path: path, problem: FileProblem.words(error))
        }
        let journal: Journal
        do {
            journal = try ControlJSON.decode(Journal.self, from: data)
        } catch {
            // A form that is not ours may be one to come.
            let version = try? ControlJSON.decode(Head.self, from: data).version
            if let version, version > Self.currentVersion {
                throw .newer(path: path, version: version)
            }
            throw .notAJournal(path: path, problem: Self.words(error))
        }
        guard journal.version <= Self.currentVersion else {
            throw .newer(path: path, version: journal.version)
        }
        self = journal
    }

    private struct Head: Decodable {
        var version: Int
    }

    private static func words(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let keys = context.codingPath.map { key in
                key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
            }
            let path = keys.joined()
            return path.isEmpty
                ? "" : " in \(path.hasPrefix(".") ? String(path.dropFirst()) : path)"
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context):
            "no key `\(key.stringValue)`\(place(context))"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            "another type of value than expected\(place(context))"
        case DecodingError.dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "no valid JSON" : "\(context.debugDescription)\(place(context))"
        default: "\(error)"
        }
    }
}

/// What went wrong with a file, in a few words.
enum FileProblem {
    static func words(_ error: any Error) -> String {
        if let errno = error as? Errno { return errno.description }
        guard let error = error as? CocoaError else { return "\(error)" }
        if let cause = error.underlying as? POSIXError {
            return Errno(rawValue: cause.code.rawValue).description
        }
        return switch error.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: Errno.noSuchFileOrDirectory.description
        case .fileReadNoPermission, .fileWriteNoPermission: Errno.permissionDenied.description
        case .fileWriteOutOfSpace: Errno.noSpace.description
        case .fileWriteVolumeReadOnly: Errno.readOnlyFileSystem.description
        default: "\(error)"
        }
    }
}
