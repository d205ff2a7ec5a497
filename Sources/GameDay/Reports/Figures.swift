public import Control

/// How numbers and times read in reports and views.
public enum Figures {
    /// What stands for a value that is not defined.
    public static let none = "–"

    /// `0.85 s`, `12.3 s`, `2 min 5 s`, `2 h 37 min`, `1 d 3 h`.
    public static func seconds(_ value: Double?) -> String {
        guard let value, value.isFinite else { return none }
        if value < 0 { return "-" + seconds(-value) }
        let whole = Int(min(value, 1e15).rounded())
        func two(_ big: Int, _ unit: String, _ small: Int, _ part: String) -> String {
            "\(big) \(unit)" + (small > 0 ? " \(small) \(part)" : "")
        }
        return switch value {
        case ..<9.995: "\(decimals(value, 2)) s"
        case ..<59.95: "\(decimals(value, 1)) s"
        case ..<3599.5: two(whole / 60, "min", whole % 60, "s")
        case ..<86_370: two((whole + 30) / 3600, "h", (whole + 30) % 3600 / 60, "min")
        default: two((whole + 1800) / 86_400, "d", (whole + 1800) % 86_400 / 3600, "h")
        }
    }

    /// `0.45 ms`, `4.2 ms`, `412 ms`, `1.25 s`.
    public static func milliseconds(_ value: Double?) -> String {
        guard let value, value.isFinite else { return none }
        return switch abs(value) {
        case ..<1: "\(decimals(value, 2)) ms"
        case ..<9.95: "\(decimals(value, 1)) ms"
        case ..<999.5: "\(decimals(value, 0)) ms"
        default: seconds(value / 1000)
        }
    }

    /// `97.5 %`. Less than all is never shown as 100, more than nothing never as 0.
    public static func percent(_ share: Double?) -> String {
        guard let share, share.isFinite else { return none }
        for digits in 1...6 {
            let text = decimals(share * 100, digits)
            if (text != "100" || share == 1) && (text != "0" || share == 0) { return "\(text) %" }
        }
        return share > 0.5 ? "below 100 %" : "above 0 %"
    }

    /// A time of the run: `0:42`, `12:03`, `1:00:00`.
    public static func clock(_ milliseconds: Int64) -> String {
        let whole = max(0, milliseconds) / 1000
        func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let minutes = whole / 60 % 60
        return whole < 3600
            ? "\(minutes):\(padded(whole % 60))"
            : "\(whole / 3600):\(padded(minutes)):\(padded(whole % 60))"
    }

    /// `2026-11-21 06:00:00 UTC`.
    public static func date(_ time: Timestamp) -> String {
        let text = time.description
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " UTC"
    }

    /// `1204` as `1,204`.
    public static func count(_ value: some BinaryInteger) -> String {
        let digits = Array(String(value))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3), digits[index - 1] != "-" {
                text += ","
            }
            text.append(digit)
        }
        return text
    }

    /// With at most so many decimals, without zeros at the end.
    public static func decimals(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return none }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        // A conversion must not trap.
        let scaled = (min(abs(value), 1e12) * scale).rounded()
        let whole = Int64(scaled / scale)
        var part = String(Int64(scaled) - whole * Int64(scale))
        part = String(repeating: "0", count: max(0, digits - part.count)) + part
        while part.hasSuffix("0") { part.removeLast() }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return sign + String(whole) + (part.isEmpty ? "" : "." + part)
    }
}
