import Foundation
import Testing

/// Files under Tests that hold what is known to be right. A missing one is recorded, which fails.
enum Golden {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let corpus = tests.appending(path: "Corpus")
    static let golden = tests.appending(path: "Golden")

    /// Compares `text` with `Golden/<name>`.
    static func expect(_ text: String, is name: String) throws {
        try expect(Array((text + "\n").utf8), at: golden.appending(path: name))
    }

    static func expect(_ bytes: [UInt8], at file: URL) throws {
        guard let known = try? Data(contentsOf: file) else {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
            Issue.record("recorded \(file.lastPathComponent): look at it, then run again")
            return
        }
        #expect(
            [UInt8](known) == bytes,
            """
            \(file.lastPathComponent) differs; delete it to record anew. Got:
            \(String(decoding: bytes, as: UTF8.self))
            """)
    }
}
