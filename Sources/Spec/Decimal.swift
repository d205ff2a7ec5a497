/// A number as typed, `12` or `1.5`, kept exact: digits before and after the point.
struct Decimal: Equatable {
    let whole: Substring
    let fraction: Substring

    /// At least one digit before the point, and after it if there is one; nothing else.
    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = { (part: Substring) in
            !part.isEmpty
                && part.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        }
        guard let whole = parts.first, parts.allSatisfy(digits) else { return nil }
        self.whole = whole
        fraction = parts.count > 1 ? parts[1] : ""
    }

    /// The value times `unit`; nil where that is not whole or does not fit.
    func scaled(by unit: Int) -> Int? {
        guard let whole = Int(whole) else { return nil }
        var (value, overflow) = whole.multipliedReportingOverflow(by: unit)
        var place = unit
        for digit in fraction {
            guard let digit = digit.wholeNumberValue else { return nil }
            // Zeros at the end never make a value too fine; anything else past the last place does.
            guard digit == 0 || place % 10 == 0 else { return nil }
            place = place % 10 == 0 ? place / 10 : 1
            let (sum, carried) = value.addingReportingOverflow(digit * place)
            value = sum
            overflow = overflow || carried
        }
        return overflow ? nil : value
    }

    /// `whole.rest`, where `rest` has `digits` places; zeros at the end are left out.
    static func text(whole: Int, rest: Int, digits: Int) -> String {
        guard rest != 0 else { return String(whole) }
        let places = String(rest)
        let padded = String(repeating: "0", count: max(0, digits - places.count)) + places
        let end = padded.lastIndex { $0 != "0" } ?? padded.startIndex
        return "\(whole).\(padded[...end])"
    }
}
