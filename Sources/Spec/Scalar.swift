/// What a plain scalar means by the core schema of YAML 1.2 (section 10.3.2), as JSON would write it.
///
/// The core schema, not YAML 1.1: `yes`, `no`, `on` and `off` are texts, `1:30` is not ninety.
enum Scalar: Equatable {
    case null
    case bool(Bool)
    /// An integer in decimal digits, with `-` where negative: it may be larger than any Int.
    case integer(String)
    /// A number with a fraction or an exponent, in JSON's spelling.
    case float(String)
    case text(String)

    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        default:
            if let digits = Self.integer(text) {
                self = .integer(digits)
            } else if let number = Self.float(text) {
                self = .float(number)
            } else {
                self = .text(text)
            }
        }
    }

    private static func integer(_ text: String) -> String? {
        for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
            // Longer ones would be texts in JSON anyway: no reader keeps more than 64 bits.
            return UInt64(text.dropFirst(2), radix: radix).flatMap { value in
                text.dropFirst(2).first == "+" ? nil : String(value)
            }
        }
        var rest = Substring(text)
        let negative = rest.first == "-"
        if negative || rest.first == "+" { rest = rest.dropFirst() }
        guard !rest.isEmpty, rest.utf8.allSatisfy(isDigit) else { return nil }
        let digits = rest.drop { $0 == "0" }
        return digits.isEmpty ? "0" : (negative ? "-" : "") + digits
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func float(_ text: String) -> String? {
        var rest = Substring(text).utf8
        var number = ""
        if rest.first == UInt8(ascii: "-") { number = "-" }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
            rest = rest.dropFirst()
        }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = rest.prefix(while: isDigit)
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        // JSON allows no leading zeros and no bare point.
        let digits = String(Substring(whole)).drop { $0 == "0" }
        number += digits.isEmpty ? "0" : digits
        if !fraction.isEmpty { number += "." + String(Substring(fraction)) }
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            number += "e"
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                if sign == UInt8(ascii: "-") { number += "-" }
                rest = rest.dropFirst()
            }
            let exponent = rest.prefix(while: isDigit)
            guard !exponent.isEmpty else { return nil }
            rest = rest.dropFirst(exponent.count)
            number += String(Substring(exponent))
        }
        return rest.isEmpty ? number : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
