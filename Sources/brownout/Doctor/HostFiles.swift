import FoundationEssentials

/// The files of a host below a folder: `/`, or a test's own.
struct HostFiles: Sendable {
    /// Without a slash at its end.
    private let root: String

    init(root: String = "") { self.root = root }

    /// A file's text; nil where it is not there or may not be read.
    func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: root + path).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + path) }

    /// The names in a folder, sorted; none where there is no such folder.
    func entries(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root + path)) ?? []).sorted()
    }

    /// A file's number; links are not followed.
    func inode(_ path: String) -> UInt64? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: root + path)
        return (attributes?[.systemFileNumber] as? Int).map { UInt64($0) }
            ?? attributes?[.systemFileNumber] as? UInt64
    }

    /// What a symbolic link points to.
    func link(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: root + path)
    }

    /// The texts of the files with this ending in a folder, in the order of their names.
    func texts(in folder: String, ending: String) -> [String] {
        entries(folder).filter { $0.hasSuffix(ending) }.compactMap { text("\(folder)/\($0)") }
    }
}

/// Lines of configuration files.
enum ConfigLines {
    /// Lines without comments (from any of `comments` on) and without blanks around; no empty ones.
    static func of(_ text: String, comments: String = "#;") -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let code = line.prefix { !comments.contains($0) }
            let trimmed = code.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
            return trimmed.isEmpty ? nil : String(trimmed.reversed())
        }
    }

    /// The words of a line.
    static func words(_ line: some StringProtocol) -> [String] {
        line.split { $0.isWhitespace }.map { String($0) }
    }
}
