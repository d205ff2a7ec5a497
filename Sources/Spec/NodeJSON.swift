extension Node {
    /// The tree as JSON on one line: the same file gives the same bytes.
    ///
    /// Keys keep their order, no white space is written, quoted scalars are strings, plain ones what
    /// the YAML 1.2 core schema says they are (`.inf` and `.nan`, which JSON lacks, are strings).
    /// `Node.load` reads the result back as the same tree.
    public func json() -> String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch value {
        case .scalar(let scalar, quoted: true):
            JSON.write(string: scalar, to: &text)
        case .scalar(let scalar, quoted: false):
            switch Scalar(plain: scalar) {
            case .null: text += "null"
            case .bool(let bool): text += bool ? "true" : "false"
            case .integer(let digits): text += digits
            case .float(let number): text += number
            case .text(let string): JSON.write(string: string, to: &text)
            }
        case .sequence(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text)
            }
            text += "]"
        case .mapping(let entries):
            text += "{"
            for (index, entry) in entries.enumerated() {
                if index > 0 { text += "," }
                JSON.write(string: entry.key, to: &text)
                text += ":"
                entry.value.write(to: &text)
            }
            text += "}"
        }
    }
}
