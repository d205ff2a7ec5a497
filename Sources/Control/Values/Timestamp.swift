/// A moment in UTC, to the millisecond.
///
/// In JSON and in text it is RFC 3339 with exactly three decimals: `2025-10-20T06:48:00.000Z`.
/// Reading takes any RFC 3339 offset and any number of decimals; what is below a millisecond is cut.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment `duration` later.
    public static func + (left: Self, duration: Duration) -> Self {
        Timestamp(milliseconds: left.milliseconds + duration.wholeMilliseconds)
    }

    /// How long after `right` this moment is; negative when it is before.
    public static func - (left: Self, right: Self) -> Duration {
        .milliseconds(left.milliseconds - right.milliseconds)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    public var wholeMilliseconds: Int64 {
        // 1 ms = 10^15 attoseconds.
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// Seconds as a floating-point number, as JSON carries them.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension Timestamp: LosslessStringConvertible {
    public var description: String {
        let (days, inDay) = milliseconds.quotientAndFloorRemainder(by: 86_400_000)
        let (year, month, day) = Self.civil(fromDays: days)
        let (seconds, ms) = inDay.quotientAndRemainder(dividingBy: 1000)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let hours = padded(seconds / 3600, 2)
        let minutes = padded(seconds / 60 % 60, 2)
        return "\(date)T\(hours):\(minutes):\(padded(seconds % 60, 2)).\(padded(ms, 3))Z"
    }

    /// Reads RFC 3339 section 5.6; nil where the text is anything else.
    public init?(_ text: String) {
        var rest = text.utf8[...]
        guard let year = digits(4, &rest), skip("-", &rest), let month = digits(2, &rest),
            skip("-", &rest), let day = digits(2, &rest), skip("Tt ", &rest),
            let hour = digits(2, &rest), skip(":", &rest), let minute = digits(2, &rest),
            skip(":", &rest), let second = digits(2, &rest),
            let fraction = fraction(&rest), let offset = offsetMinutes(&rest), rest.isEmpty,
            (1...12).contains(month), day >= 1, hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        // A day that the month has not (30 February) comes back as another date.
        guard Self.civil(fromDays: days) == (year, month, day) else { return nil }
        let minutes = days * 1440 + hour * 60 + minute - offset
        self.init(milliseconds: (minutes * 60 + second) * 1000 + fraction)
    }

    /// Days since 1970-01-01 of a date in the proleptic Gregorian calendar
    /// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.quotientAndFloorRemainder(by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of `days` (Hinnant's `civil_from_days`).
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).quotientAndFloorRemainder(by: 146_097)
        let leaps = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leaps) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = (marchMonth + 2) % 12 + 1
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "`\(text)` is not an RFC 3339 time")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Int64 {
    fileprivate func quotientAndFloorRemainder(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}

private func digits(_ count: Int, _ text: inout Substring.UTF8View) -> Int64? {
    guard text.count >= count else { return nil }
    var value: Int64 = 0
    for byte in text.prefix(count) {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
    }
    text = text.dropFirst(count)
    return value
}

private func skip(_ oneOf: String, _ text: inout Substring.UTF8View) -> Bool {
    guard let first = text.first, oneOf.utf8.contains(first) else { return false }
    text = text.dropFirst()
    return true
}

/// Milliseconds of `.123…`; 0 where there is no point, nil where no digit follows it.
private func fraction(_ text: inout Substring.UTF8View) -> Int64? {
    guard skip(".", &text) else { return 0 }
    var value: Int64 = 0
    var scale: Int64 = 100
    var count = 0
    while let digit = digits(1, &text) {
        value += digit * scale
        scale /= 10
        count += 1
    }
    return count > 0 ? value : nil
}

private func offsetMinutes(_ text: inout Substring.UTF8View) -> Int64? {
    if skip("Zz", &text) { return 0 }
    let sign: Int64 = text.first == UInt8(ascii: "-") ? -1 : 1
    guard skip("+-", &text), let hours = digits(2, &text), skip(":", &text),
        let minutes = digits(2, &text), hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
}
