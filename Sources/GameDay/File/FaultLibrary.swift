public import Spec

/// Where a game day's faults come from. This target knows no kind of fault: the program that does
/// passes this in.
public struct FaultLibrary: Sendable {
    public typealias Load =
        @Sendable (_ reference: String, _ location: SourceLocation) throws(SpecError) -> Node?
    public typealias Check = @Sendable (Node) throws(SpecError) -> Void

    /// What the catalogue has, for suggestions.
    public var names: [String]

    /// The fault of a name in the catalogue, or of a path (with a `/`, or ending in `.yaml`) that
    /// counts from the folder of `location.file`.
    ///
    /// - Returns: Nil where there is none of that name.
    /// - Throws: At `location` for a file that cannot be read, within the fault's file for one that
    ///   is no YAML.
    public var load: Load

    /// Reads a whole fault and throws what is wrong with it, where it is written.
    public var check: Check

    public init(names: [String] = [], load: @escaping Load, check: @escaping Check) {
        self.names = names
        self.load = load
        self.check = check
    }
}
