import Spec

/// The parts of a request that a file may name (RFC 9110 section 5.6.2).
enum HTTPToken {
    static func method(_ text: String) throws(ValueProblem) -> String {
        guard isToken(text) else {
            throw ValueProblem("\"\(text.prefix(60))\" is not a method", hint: "write GET or POST")
        }
        return text
    }

    static func name(_ text: String) throws(ValueProblem) -> String {
        guard isToken(text) else {
            throw ValueProblem("it is not the name of a header", hint: "write Accept or X-Mode")
        }
        return text
    }

    static func value(_ text: String) throws(ValueProblem) -> String {
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw ValueProblem("a header cannot hold control characters", hint: "write one line")
        }
        return text
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains($0)
                }
            }
    }
}
