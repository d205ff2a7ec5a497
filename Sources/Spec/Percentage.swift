/// A share from `0%` to `100%`, exact to a millionth of a percent: `30%`, `0.5%`.
public struct Percentage: Hashable, Sendable {
    /// Millionths of a percent: 30% is 30,000,000.
    public let millionths: Int

    static let whole = 100_000_000

    /// The whole: `100%`.
    public static let all = Percentage(millionths: whole)

    private init(millionths: Int) { self.millionths = millionths }

    /// Reads digits, an optional point with up to six digits after it, and `%`.
    public init(parsing text: String) throws(ValueProblem) {
        guard text.utf8.last == UInt8(ascii: "%") else {
            let isNumber = Decimal(text) != nil
            throw ValueProblem(
                "\(Quoting.quoted(text)) is not a percentage",
                hint: isNumber
                    ? "write \(Quoting.shortened(text))% for that many in a hundred"
                    : "write 30% or 0.5%")
        }
        guard let decimal = Decimal(String(text.dropLast())),
            let millionths = decimal.scaled(by: 1_000_000)
        else {
            throw ValueProblem(
                "\(Quoting.quoted(text)) is not a percentage", hint: "write 30% or 0.5%")
        }
        guard millionths <= Self.whole else {
            throw ValueProblem(
                "\(Quoting.quoted(text)) is more than everything", hint: "write 0% to 100%")
        }
        self.init(millionths: millionths)
    }

    /// From 0 to 1.
    public var fraction: Double { Double(millionths) / Double(Self.whole) }
}

extension Percentage: CustomStringConvertible {
    /// The shortest form that reads back as the same value.
    public var description: String {
        let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
        return Decimal.text(whole: whole, rest: rest, digits: 6) + "%"
    }
}
