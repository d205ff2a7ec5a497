import Foundation

/// Files under Tests/Golden that hold what is known to be right.
public enum GoldenFile {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Golden")

    /// Nil where the text is the file's. A missing file is recorded, which counts as a difference.
    public static func difference(_ text: String, _ name: String) throws -> String? {
        let file = folder.appending(path: name)
        guard let known = try? String(contentsOf: file, encoding: .utf8) else {
            try Data(text.utf8).write(to: file)
            return "recorded \(name): look at it, then run again"
        }
        return known == text ? nil : "\(name) differs; delete it to record anew. Got:\n\(text)"
    }
}
