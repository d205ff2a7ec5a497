import Control

/// How numbers and times read in tables and lines.
enum Numbers {
    /// `1204` as `1,204`.
    static func grouped(_ number: UInt64) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A rest of time to the second, rounded up so that it is `0:00` only when it is over:
    /// `0:42`, `12:03`, `1:00:00`.
    static func clock(_ seconds: Double) -> String {
        // Ten years bound what an agent may send; a conversion must not trap.
        let whole = Int(min(max(0, seconds), 315_360_000).rounded(.up))
        let (hours, rest) = whole.quotientAndRemainder(dividingBy: 3600)
        let minutes = hours > 0 ? padded(rest / 60) : "\(rest / 60)"
        return (hours > 0 ? "\(hours):" : "") + "\(minutes):\(padded(rest % 60))"
    }

    /// A time that has passed, in its two largest units: `3d4h`, `2m5s`, `800ms`.
    static func elapsed(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds), 3_153_600_000))
        switch whole {
        case 0: return "\(Int(max(0, min(seconds, 1)) * 1000))ms"
        case ..<60: return "\(whole)s"
        case ..<3600: return "\(whole / 60)m" + (whole % 60 > 0 ? "\(whole % 60)s" : "")
        case ..<86_400:
            return "\(whole / 3600)h" + (whole / 60 % 60 > 0 ? "\(whole / 60 % 60)m" : "")
        default:
            return "\(whole / 86_400)d" + (whole / 3600 % 24 > 0 ? "\(whole / 3600 % 24)h" : "")
        }
    }

    /// `1 probe`, `2 probes`.
    static func count(_ count: Int, _ what: String) -> String {
        "\(count) \(what)" + (count == 1 ? "" : "s")
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
