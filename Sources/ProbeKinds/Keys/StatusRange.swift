import Spec

/// The status codes that an answer may have: one, or a class such as `2xx`.
public struct StatusRange: Hashable, Sendable, CustomStringConvertible {
    var codes: ClosedRange<Int>

    public var description: String {
        codes.count == 1 ? "\(codes.lowerBound)" : "\(codes.lowerBound / 100)xx"
    }

    static let pattern = "^([1-5]xx|[1-5][0-9][0-9])$"

    init(parsing text: String) throws(ValueProblem) {
        if let code = Int(text), (100...599).contains(code), text.count == 3 {
            codes = code...code
        } else if text.count == 3, text.hasSuffix("xx"), let digit = text.first?.wholeNumberValue,
            (1...5).contains(digit)
        {
            codes = digit * 100...digit * 100 + 99
        } else {
            throw ValueProblem(
                "\"\(text.prefix(60))\" is not an HTTP status", hint: "write 200 or 2xx")
        }
    }

    init(_ codes: ClosedRange<Int>) { self.codes = codes }

    /// What a probe accepts that says nothing: everything but errors.
    static let usual = [StatusRange(200...299), StatusRange(300...399)]

    /// Why a status is none of these, or nil: `status 503, not 200`.
    static func problem(_ status: Int, expected: [StatusRange]) -> String? {
        if expected.contains(where: { $0.codes.contains(status) }) { return nil }
        return "status \(status), not "
            + expected.map(\.description).joined(separator: " or ")
    }
}
