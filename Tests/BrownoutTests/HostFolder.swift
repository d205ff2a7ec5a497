import FoundationEssentials

@testable import brownout

/// A host's files in a folder of the test's own, removed with it.
final class HostFolder {
    let path: String

    init(_ files: [String: String], links: [String: String] = [:]) throws {
        path = FileManager.default.temporaryDirectory.path + "/brownout-\(UUID().uuidString)"
        for (file, text) in files {
            try makeFolder(of: file)
            try Data(text.utf8).write(to: URL(filePath: path + file))
        }
        for (link, target) in links {
            try makeFolder(of: link)
            try FileManager.default.createSymbolicLink(
                atPath: path + link, withDestinationPath: target)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var host: HostFiles { HostFiles(root: path) }

    private func makeFolder(of file: String) throws {
        let folder = (path + file).split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(
            atPath: "/" + folder, withIntermediateDirectories: true)
    }
}
