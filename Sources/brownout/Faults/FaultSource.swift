import FaultKinds
import Spec

/// A fault that is there already: in the catalogue, or in a file.
struct FaultSource {
    /// What people call it: its name in the catalogue, or the file as it was typed.
    var name: String
    /// The tree as it was written.
    var node: Node

    /// Finds a fault by what was typed. A name without a slash and without `.yaml` is looked up in
    /// the catalogue first; `./name` means a file in any case, `-` standard input.
    init(_ typed: String) throws {
        name = TypedFile.name(typed)
        if !TypedFile.isPath(typed), let text = FaultCatalogue.text(named: typed) {
            node = try Node.load(yaml: text, file: typed)
            return
        }
        guard let octets = try TypedFile.octets(typed, what: "a fault file") else {
            throw ClientError.unknownFault(
                typed,
                similar: Suggestion.nearest(to: typed, among: FaultCatalogue.all.map(\.name)))
        }
        node = try Node.load(utf8: octets, file: name)
    }
}
