import FoundationEssentials
import GameDay
import Spec

/// A game day that is there already: in the catalogue, or in a file.
struct GameDaySource {
    /// The file as it was typed, or the name in the catalogue.
    var file: String
    var text: String

    /// Finds a game day by what was typed. A name without a slash and without `.yaml` is looked up
    /// in the catalogue first; `./name` means a file in any case.
    init(_ typed: String) throws(ClientError) {
        file = typed
        let isPath = typed.contains("/") || YAMLFile.isNamedAsOne(typed)
        if !isPath, let text = GameDayCatalogue.text(named: typed) {
            self.text = text
            return
        }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: typed, isDirectory: &isFolder) else {
            if isPath {
                throw .unreadable(file: typed, problem: "there is no such file")
            }
            throw .unknownGameDay(
                typed,
                similar: Suggestion.nearest(to: typed, among: GameDayCatalogue.all.map(\.name)))
        }
        guard !isFolder else {
            throw .unreadable(file: typed, problem: "a folder, not a game day")
        }
        guard let bytes = FileManager.default.contents(atPath: typed) else {
            throw .unreadable(file: typed, problem: "it cannot be read")
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The game day with its variables filled in and everything in it checked.
    func gameDay(set: [String: String]) throws(SpecError) -> GameDay {
        try GameDay(
            node: Node.load(yaml: text, file: file), set: set,
            environment: ProcessInfo.processInfo.environment, faults: .catalogue)
    }
}
