/// What is said of an effect or a probe in its source file.
public struct KindText: Equatable, Sendable {
    /// The doc comment of the type.
    public var manual: String
    /// The doc comments of its keys.
    public var keys: [String: String]

    public init(manual: String, keys: [String: String]) {
        self.manual = manual
        self.keys = keys
    }

    /// The first line: what it does, in a few words.
    public var summary: String {
        String(manual.prefix { $0 != "\n" })
    }
}
