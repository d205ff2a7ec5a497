/// Rows of text in aligned columns, two spaces apart, no trailing blanks.
struct Table {
    private var rows: [[String]]
    /// Columns whose texts end, not begin, on the same edge: numbers.
    private let trailing: Set<Int>

    init(_ header: [String], trailing: Set<Int> = []) {
        rows = header.isEmpty ? [] : [header]
        self.trailing = trailing
    }

    mutating func append(_ row: String...) { rows.append(row) }

    /// All rows, each ended by a newline.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let fill = String(repeating: " ", count: widths[column] - cell.count)
                if column > 0 { line += "  " }
                line += trailing.contains(column) ? fill + cell : cell + fill
            }
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }
}
