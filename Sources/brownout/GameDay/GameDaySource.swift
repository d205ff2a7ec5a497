import FoundationEssentials
import GameDay
import Spec

/// A game day that is there already: in the catalogue, or in a file.
struct GameDaySource {
    /// The file as it was typed, or the name in the catalogue.
    var file: String
    var text: String

    /// Finds a game day by what was typed. A name without a slash and without `.yaml` is looked up
    /// in the catalogue first; `./name` means a file in any case, `-` standard input.
    init(_ typed: String) throws(ClientError) {
        file = TypedFile.name(typed)
        if !TypedFile.isPath(typed), let text = GameDayCatalogue.text(named: typed) {
            self.text = text
            return
        }
        guard let octets = try TypedFile.octets(typed, what: "a game day") else {
            throw .unknownGameDay(
                typed,
                similar: Suggestion.nearest(to: typed, among: GameDayCatalogue.all.map(\.name)))
        }
        text = String(decoding: octets, as: UTF8.self)
    }

    /// The game day with its variables filled in and everything in it checked.
    func gameDay(set: [String: String]) throws(SpecError) -> GameDay {
        try GameDay(
            node: Node.load(yaml: text, file: file), set: set,
            environment: ProcessInfo.processInfo.environment, faults: .catalogue)
    }
}
