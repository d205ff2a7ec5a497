import FoundationEssentials

/// Some reports could not be written; the others are there.
public struct ReportError: Error, Equatable, Sendable, CustomStringConvertible {
    public struct Failure: Equatable, Sendable {
        public var path: String
        public var problem: String
    }
    public var failures: [Failure]
    /// The paths of those that are written.
    public var written: [String]

    public var description: String {
        failures.map { "\($0.path): \($0.problem)" }.joined(separator: "; ")
    }
}

/// Writes `report.html`, `junit.xml` and `report.md` of a run, beside its `journal.json`.
public enum ReportWriter {
    /// The files of a report and what makes them.
    static let files: [(name: String, make: @Sendable (Journal, RunStory) -> String)] = [
        ("report.html", { HTMLReport($0, $1).text }),
        ("junit.xml", { JUnitReport($1).text }),
        ("report.md", { MarkdownReport($1).text }),
    ]

    /// Writes all that can be written: a full disk for one leaves the others, and the name of the one
    /// under which an older file stays as it was.
    ///
    /// - Parameter folder: made if it is not there.
    /// - Returns: the paths, in the order above.
    public static func write(
        _ journal: Journal, to folder: String
    ) throws(ReportError) -> [String] {
        // If this fails, so does each file, and says why.
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let story = RunStory(journal)
        var outcome = ReportError(failures: [], written: [])
        for file in files {
            let path = folder.hasSuffix("/") ? folder + file.name : "\(folder)/\(file.name)"
            do {
                let data = Data(file.make(journal, story).utf8)
                try data.write(to: URL(filePath: path), options: .atomic)
                outcome.written.append(path)
            } catch {
                outcome.failures.append(.init(path: path, problem: FileProblem.words(error)))
            }
        }
        if !outcome.failures.isEmpty { throw outcome }
        return outcome.written
    }
}
