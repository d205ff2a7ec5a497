public import Spec

/// Octets a second: `1MB/s`, `64kB/s`, `500B/s`.
public struct ByteRate: Hashable, Sendable {
    public let bytesPerSecond: Int

    /// More than any network card carries.
    static let most = 1_000_000_000_000

    public init(bytesPerSecond: Int) { self.bytesPerSecond = bytesPerSecond }

    /// Reads whole digits, an SI unit (`B`, `kB`, `MB`, `GB`) and `/s`.
    public init(parsing text: String) throws(ValueProblem) {
        let problem = ValueProblem(
            "\(text) is not a rate", hint: "write 1MB/s, 64kB/s or 500B/s: bytes, not bits")
        guard text.hasSuffix("B/s") else { throw problem }
        var digits = text.dropLast(3)
        var factor = 1
        for (unit, size) in [("k", 1_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000)]
        where digits.hasSuffix(unit) {
            digits = digits.dropLast()
            factor = size
            break
        }
        while digits.last == " " { digits = digits.dropLast() }
        guard let number = Int(digits), number > 0, number <= Self.most / factor else {
            throw problem
        }
        bytesPerSecond = number * factor
    }
}

extension ByteRate: CustomStringConvertible {
    /// The shortest form that reads back as the same value.
    public var description: String {
        for (unit, size) in [("GB/s", 1_000_000_000), ("MB/s", 1_000_000), ("kB/s", 1_000)]
        where bytesPerSecond % size == 0 {
            return "\(bytesPerSecond / size)\(unit)"
        }
        return "\(bytesPerSecond)B/s"
    }
}
