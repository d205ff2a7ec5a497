/// The readers for keys that must be there: the same errors, and one for a key that is absent.
extension Fields {
    public mutating func requiredNode(_ key: String) throws(SpecError) -> Node {
        try present(try node(key), key)
    }

    public mutating func requiredString(_ key: String) throws(SpecError) -> String {
        try present(try string(key), key)
    }

    public mutating func requiredStrings(_ key: String) throws(SpecError) -> [String] {
        try present(try strings(key), key)
    }

    public mutating func requiredInteger<T: FixedWidthInteger & Sendable>(
        _ key: String, in range: ClosedRange<T>
    ) throws(SpecError) -> T {
        try present(try integer(key, in: range), key)
    }

    public mutating func requiredDuration(
        _ key: String, in range: ClosedRange<Duration>? = nil
    ) throws(SpecError) -> Duration {
        try present(try duration(key, in: range), key)
    }

    public mutating func requiredPercentage(_ key: String) throws(SpecError) -> Percentage {
        try present(try percentage(key), key)
    }

    public mutating func requiredPatterns(_ key: String) throws(SpecError) -> [NamePattern] {
        try present(try patterns(key), key)
    }

    public mutating func requiredChoice<T: RawRepresentable & CaseIterable>(
        _ key: String, of type: T.Type
    ) throws(SpecError) -> T where T.RawValue == String {
        try present(try choice(key, of: type), key)
    }

    public mutating func requiredValue<T: LosslessStringConvertible>(
        _ key: String, as type: T.Type, kind: String, hint: String
    ) throws(SpecError) -> T {
        try present(try value(key, as: type, kind: kind, hint: hint), key)
    }

    public mutating func requiredValues<T: LosslessStringConvertible>(
        _ key: String, as type: T.Type, kind: String, hint: String
    ) throws(SpecError) -> [T] {
        try present(try values(key, as: type, kind: kind, hint: hint), key)
    }

    private func present<T>(_ value: T?, _ key: String) throws(SpecError) -> T {
        guard let value else { throw missing(key) }
        return value
    }
}
