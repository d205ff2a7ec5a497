/// A table that becomes a list of cards on a narrow page: each cell knows its column's name.
struct HTMLTable {
    struct Cell {
        var html: String
        var style = ""
        var isHead = false
        /// Rows that it covers.
        var rows = 1
    }

    private let columns: [String]
    private let numeric: Set<Int>
    private var body = ""

    init(_ caption: String, _ columns: [String], numeric: Set<Int> = []) {
        self.columns = columns
        self.numeric = numeric
        self.caption = caption
    }

    private let caption: String

    /// Texts of others are escaped by the caller: `HTML.text`.
    mutating func append(_ cells: [Cell], offset: Int = 0, row: String = "") {
        body += "<tr role=\"row\"\(row.isEmpty ? "" : " class=\"\(row)\"")>"
        for (index, cell) in cells.enumerated() {
            let column = index + offset
            var classes = cell.style
            if numeric.contains(column) { classes += classes.isEmpty ? "n" : " n" }
            let tag = cell.isHead ? "th" : "td"
            body += "<\(tag) role=\"\(cell.isHead ? "rowheader" : "cell")\""
            if cell.isHead { body += " scope=\"\(cell.rows > 1 ? "rowgroup" : "row")\"" }
            if cell.rows > 1 { body += " rowspan=\"\(cell.rows)\"" }
            if !classes.isEmpty { body += " class=\"\(classes)\"" }
            body += " data-label=\"\(XMLText.escaped(columns[column]))\">\(cell.html)</\(tag)>"
        }
        body += "</tr>\n"
    }

    var html: String {
        let heads = columns.enumerated().map { index, name in
            "<th role=\"columnheader\" scope=\"col\"\(numeric.contains(index) ? " class=\"n\"" : "")>"
                + "\(XMLText.escaped(name))</th>"
        }
        return """
            <table role="table"><caption>\(XMLText.escaped(caption))</caption>
            <thead role="rowgroup"><tr role="row">\(heads.joined())</tr></thead>
            <tbody role="rowgroup">
            \(body)</tbody></table>

            """
    }
}

extension HTMLTable.Cell: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self.init(html: value) }

    /// Somebody's text.
    static func text(_ text: String, _ style: String = "") -> Self {
        Self(html: XMLText.escaped(text), style: style)
    }

    static func head(_ text: String, rows: Int = 1) -> Self {
        Self(html: XMLText.escaped(text), isHead: true, rows: rows)
    }

    static func code(_ text: String) -> Self {
        Self(html: "<code>\(XMLText.escaped(text))</code>")
    }
}
