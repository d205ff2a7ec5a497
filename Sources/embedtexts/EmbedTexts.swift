import Foundation

/// A build tool: writes one Swift file that holds, as string literals, the doc comments of the
/// given `.swift` files and the text of the given `.yaml` files.
///
///     embedtexts OUTPUT.swift INPUT…
@main
enum EmbedTexts {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
        guard let output = arguments.first else {
            throw CocoaError(.fileNoSuchFile)
        }
        var kinds: [String] = []
        var files: [String] = []
        for input in arguments.dropFirst() {
            let text = try String(contentsOf: input, encoding: .utf8)
            let name = input.deletingPathExtension().lastPathComponent
            if input.pathExtension == "swift" {
                kinds.append(DocComments(of: text).swiftEntry(named: name))
            } else {
                files.append("        (\(quoted(name)), \(quoted(text))),")
            }
        }
        let generated = """
            import Spec

            /// Generated at build time from `Kinds/*.swift` and the target's catalogue of files.
            enum EmbeddedTexts {
                static let kinds: [String: KindText] = [
            \(kinds.isEmpty ? "        :" : kinds.joined(separator: "\n"))
                ]
                static let files: [(name: String, text: String)] = [
            \(files.joined(separator: "\n"))
                ]
            }

            """
        try generated.write(to: output, atomically: true, encoding: .utf8)
    }
}

/// The doc comment of the first type of a file, and those of its stored properties.
struct DocComments {
    var type = ""
    var properties: [(name: String, text: String)] = []

    init(of source: String) {
        var pending: [Substring] = []
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let code = line.drop { $0 == " " }
            if code.hasPrefix("///") {
                let text = code.dropFirst(3)
                pending.append(text.hasPrefix(" ") ? text.dropFirst() : text)
                continue
            }
            let words = code.split(separator: " ")
            if type.isEmpty, words.contains("struct") {
                type = pending.joined(separator: "\n")
            } else if let keyword = words.firstIndex(of: "var"), keyword + 1 < words.count,
                !pending.isEmpty
            {
                let name = words[keyword + 1].prefix { $0.isLetter || $0.isNumber }
                properties.append((String(name), pending.joined(separator: " ")))
            }
            pending = []
        }
    }

    func swiftEntry(named name: String) -> String {
        let rows = properties.map { "\(quoted($0.name)): \(quoted($0.text))" }
        let table = rows.isEmpty ? "[:]" : "[\(rows.joined(separator: ", "))]"
        return "        \(quoted(name)): KindText(manual: \(quoted(type)), keys: \(table)),"
    }
}

func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n": literal += "\\n"
        case "\t": literal += "\\t"
        case "\r": literal += "\\r"
        case "\"": literal += "\\\""
        case "\\": literal += "\\\\"
        default: literal.unicodeScalars.append(scalar)
        }
    }
    return literal + "\""
}
