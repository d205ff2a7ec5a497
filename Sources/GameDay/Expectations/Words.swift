/// Measurements as tables show them: short, and never rounded across the bound they are held to.
enum Words {
    static let noSamples = "no samples"
    static let noBaseline = "no baseline"

    /// `97.5 %`; cut, not rounded, for 98.999 % is not 99 %.
    static func share(_ part: Int, of whole: Int) -> String {
        whole == 0 ? noSamples : "\(decimal(part * 10_000 / whole, places: 2)) % of \(whole)"
    }

    /// `412 ms`, `4.2 s`, `12m5s`.
    static func time(_ duration: Duration) -> String {
        let nanoseconds = duration.nanoseconds
        switch nanoseconds {
        case ..<1_000_000: return "\(decimal(nanoseconds / 10_000, places: 2)) ms"
        case ..<10_000_000: return "\(decimal(nanoseconds / 100_000, places: 1)) ms"
        case ..<1_000_000_000: return "\(nanoseconds / 1_000_000) ms"
        case ..<100_000_000_000: return "\(decimal(nanoseconds / 10_000_000, places: 2)) s"
        default: return "\(nanoseconds / 1_000_000_000) s"
        }
    }

    /// A text that others chose, on one line and no longer than a cell of a table.
    static func shortened(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 40 ? line.prefix(39) + "…" : line
    }

    /// A number of hundredths, say, with its point and without zeros at the end.
    static func decimal(_ value: Int, places: Int) -> String {
        var text = String(value.magnitude)
        text = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
        var fraction = text.suffix(places)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = (value < 0 ? "-" : "") + text.dropLast(places)
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }
}
