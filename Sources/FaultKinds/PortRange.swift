public import Spec

/// One port or a run of them: `443`, `8000-8100`.
public struct PortRange: Hashable, Sendable {
    public let ports: ClosedRange<UInt16>

    public init(_ ports: ClosedRange<UInt16>) { self.ports = ports }
    public init(_ port: UInt16) { ports = port...port }

    /// Reads a port, or two with `-` between.
    public init(parsing text: String) throws(ValueProblem) {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            .map { UInt16($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, first > 0, first <= last
        else {
            throw ValueProblem("\(text) is not a port", hint: "write 443 or 8000-8100")
        }
        ports = first...last
    }
}

extension PortRange: CustomStringConvertible {
    public var description: String {
        ports.count == 1 ? "\(ports.lowerBound)" : "\(ports.lowerBound)-\(ports.upperBound)"
    }
}
