import FaultKinds
import FoundationEssentials
import Spec

/// A fault that is there already: in the catalogue, or in a file.
struct FaultSource {
    /// What people call it: its name in the catalogue, or the file as it was typed.
    var name: String
    /// The tree as it was written.
    var node: Node

    /// Finds a fault by what was typed. A name without a slash and without `.yaml` is looked up in
    /// the catalogue first; `./name` means a file in any case.
    init(_ typed: String) throws {
        name = typed
        let isPath = typed.contains("/") || Self.endings.contains { typed.hasSuffix($0) }
        if !isPath, let text = FaultCatalogue.text(named: typed) {
            node = try Node.load(yaml: text, file: typed)
            return
        }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: typed, isDirectory: &isFolder) else {
            if isPath {
                throw ClientError.unreadable(file: typed, problem: "there is no such file")
            }
            throw ClientError.unknownFault(
                typed,
                similar: Suggestion.nearest(to: typed, among: FaultCatalogue.all.map(\.name)))
        }
        guard !isFolder else {
            throw ClientError.unreadable(file: typed, problem: "a folder, not a fault file")
        }
        guard let bytes = FileManager.default.contents(atPath: typed) else {
            throw ClientError.unreadable(file: typed, problem: "it cannot be read")
        }
        node = try Node.load(utf8: [UInt8](bytes), file: typed)
    }

    private static let endings = [".yaml", ".yml", ".json"]
}
