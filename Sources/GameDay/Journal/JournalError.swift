/// A journal that cannot be read or begun.
public enum JournalError: Error, Equatable, Sendable {
    /// No such file, or no right to read it.
    case unreadable(path: String, problem: String)
    /// Something else; `problem` says what was not found in it.
    case notAJournal(path: String, problem: String)
    /// Written by a newer Brownout, whose form this one would misread.
    case newer(path: String, version: Int)
    /// The file cannot be made.
    case unwritable(path: String, problem: String)
}

extension JournalError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let problem): "\(path): cannot be read: \(problem)"
        case .notAJournal(let path, let problem): "\(path): not a journal: \(problem)"
        case .newer(let path, let version):
            "\(path): a journal of version \(version); this brownout reads up to "
                + "\(Journal.currentVersion)"
        case .unwritable(let path, let problem): "\(path): cannot be written: \(problem)"
        }
    }
}
