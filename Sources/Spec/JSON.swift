/// A JSON value that prints deterministically: two spaces, keys sorted.
enum JSON: Equatable, Sendable {
    case string(String)
    case integer(Int)
    /// A number that may not fit an Int, in decimal digits.
    case digits(String)
    case bool(Bool)
    case array([JSON])
    case object([String: JSON])

    /// The value over several lines, without a final newline.
    func pretty(indent: Int = 0) -> String {
        let inner = String(repeating: " ", count: indent + 2)
        let outer = String(repeating: " ", count: indent)
        switch self {
        case .string(let string): return JSON.quoted(string)
        case .integer(let integer): return String(integer)
        case .digits(let digits): return digits
        case .bool(let bool): return bool ? "true" : "false"
        case .array(let elements):
            if elements.isEmpty { return "[]" }
            let lines = elements.map { inner + $0.pretty(indent: indent + 2) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let members):
            if members.isEmpty { return "{}" }
            let lines = members.sorted { $0.key < $1.key }.map { key, value in
                "\(inner)\(JSON.quoted(key)): \(value.pretty(indent: indent + 2))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        }
    }

    static func quoted(_ string: String) -> String {
        var text = ""
        write(string: string, to: &text)
        return text
    }

    /// Escapes what RFC 8259 section 7 demands, and the two line separators that break ndjson readers.
    static func write(string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _
            where scalar.value < 0x20 || scalar.value == 0x7F
                || scalar.value == 0x85 || scalar.value == 0x2028 || scalar.value == 0x2029:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
