import FoundationEssentials

/// A file that was typed where a name in a catalogue could be too, or `-` for standard input.
enum TypedFile {
    /// What people write for standard input.
    static let input = "-"

    /// What errors and reports call it.
    static func name(_ typed: String) -> String { typed == input ? "stdin" : typed }

    /// Whether it cannot be the name of something in a catalogue.
    static func isPath(_ typed: String) -> Bool {
        typed == input || typed.contains("/")
            || [".yaml", ".yml", ".json"].contains { typed.hasSuffix($0) }
    }

    /// What is in it; nil: there is none, and it may be meant as a name.
    ///
    /// - Parameter what: What it should be, such as `a fault file`.
    static func octets(_ typed: String, what: String) throws(ClientError) -> [UInt8]? {
        guard typed != input else { return standardInput() }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: typed, isDirectory: &isFolder) else {
            guard isPath(typed) else { return nil }
            throw .unreadable(file: typed, problem: "there is no such file")
        }
        guard !isFolder else {
            throw .unreadable(file: typed, problem: "a folder, not \(what)")
        }
        guard let bytes = FileManager.default.contents(atPath: typed) else {
            throw .unreadable(file: typed, problem: "it cannot be read")
        }
        return [UInt8](bytes)
    }

    private static func standardInput() -> [UInt8] {
        var found: [UInt8] = []
        while let line = readLine(strippingNewline: false) { found += line.utf8 }
        return found
    }

    /// A path that counts from the folder of another file.
    static func path(_ reference: String, besides file: String) -> String {
        guard !reference.hasPrefix("/"), let slash = file.lastIndex(of: "/") else {
            return reference
        }
        return String(file[...slash]) + reference
    }
}
