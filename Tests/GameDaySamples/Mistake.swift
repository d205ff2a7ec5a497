public import Spec

/// A game day with one thing wrong in it.
public struct Mistake: Sendable {
    /// The key that is wrong, names of the file's own choice being `*`: `probes.*.every`.
    public var path: String
    public var what: String
    /// Where a reader must look: at the key, or at what it holds.
    public var places: [SourceLocation]
    public var root: Node

    /// Mappings whose keys are names of the file's own choice.
    public static let named: Set = [
        "roles", "variables", "probes", "steadyState", "expect", "until", "stop", "headers",
    ]

    /// For every key of a file: it is misspelt, and what it holds is no value of any key.
    public static func all(in root: Node) -> [Mistake] {
        var mistakes: [Mistake] = []
        collect(root, path: [], parent: nil, into: &mistakes) { $0 }
        return mistakes
    }

    private static func collect(
        _ node: Node, path: [String], parent: String?, into mistakes: inout [Mistake],
        rebuild: @escaping (Node) -> Node
    ) {
        switch node.value {
        case .scalar: return
        case .sequence(let elements):
            for (index, element) in elements.enumerated() {
                collect(element, path: path, parent: parent, into: &mistakes) { changed in
                    var elements = elements
                    elements[index] = changed
                    return rebuild(Node(.sequence(elements), location: node.location))
                }
            }
        case .mapping(let entries):
            // `expect` of a `run` step is a number, not a mapping: it does not come here.
            let isNamed = parent.map(named.contains) ?? false
            for (index, entry) in entries.enumerated() {
                let here = path + [isNamed ? "*" : entry.key]
                func with(_ changed: Node.Entry) -> Node {
                    var entries = entries
                    entries[index] = changed
                    return rebuild(Node(.mapping(entries), location: node.location))
                }
                if !isNamed {
                    var misspelt = entry
                    misspelt.key += "q"
                    mistakes.append(
                        Mistake(
                            path: here.joined(separator: "."), what: "misspelt",
                            places: [entry.keyLocation, node.location], root: with(misspelt)))
                }
                var spoilt = entry
                let empty = Node(.sequence([]), location: entry.value.location)
                spoilt.value = Node(.sequence([empty]), location: entry.value.location)
                mistakes.append(
                    Mistake(
                        path: here.joined(separator: "."), what: "spoilt",
                        places: [entry.value.location, entry.keyLocation], root: with(spoilt)))
                collect(entry.value, path: here, parent: entry.key, into: &mistakes) { changed in
                    var entry = entry
                    entry.value = changed
                    return with(entry)
                }
            }
        }
    }
}
