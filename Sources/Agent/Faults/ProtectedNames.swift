public import Control
import FoundationEssentials
public import Wire

/// The names and networks that no fault may touch: `/etc/brownout/protected`, one a line.
///
/// Empty lines and what follows a `#` are skipped.
public struct ProtectedNames: Sendable {
    /// Where the list is looked for unless told otherwise.
    public static let defaultPath = "/etc/brownout/protected"

    /// In the order of the file, in Spec's normal form. The data path is to spare these names too
    /// (as an `except:` of every fault): an alias that is protected may point at a name that is not.
    public let patterns: [String]
    /// Whose connections no fault touches.
    public let networks: [CIDR]
    private let shapes: [NameShape]

    public init(patterns: [String] = [], networks: [CIDR] = []) {
        self.networks = networks
        self.patterns = patterns
        shapes = patterns.map(NameShape.init)
    }

    /// A line that is no pattern, or a file that cannot be read. Nothing is protected then, so the
    /// agent must not start.
    public struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
        /// `file:line`, or the file alone.
        public var location: String
        public var problem: String

        public var description: String { "\(location): \(problem)" }
    }

    /// Reads the list's text.
    public init(text: String, file: String, spec: SpecReader) throws(Problem) {
        var patterns: [String] = []
        var networks: [CIDR] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let pattern = line.prefix { $0 != "#" }.trimmed
            guard !pattern.isEmpty else { continue }
            if let network = CIDR(pattern) {
                networks.append(network)
                continue
            }
            do {
                patterns.append(try spec.pattern(pattern))
            } catch {
                throw Problem(
                    location: "\(file):\(index + 1)", problem: "`\(pattern)`: \(error.error)")
            }
        }
        self.init(patterns: patterns, networks: networks)
    }

    /// Reads the list. Without a path the default one, which may be missing; a path that was asked
    /// for must be there.
    public static func load(path: String?, spec: SpecReader) throws(Problem) -> ProtectedNames {
        let file = path ?? defaultPath
        if path == nil, !FileManager.default.fileExists(atPath: file) { return ProtectedNames() }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw Problem(location: file, problem: "the list of protected names cannot be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Problem(location: file, problem: "not UTF-8")
        }
        return try ProtectedNames(text: text, file: file, spec: spec)
    }

    /// Refuses a fault that could match a protected name, unless its `except:` spares it whole.
    public func check(_ fault: LoadedFault) throws(APIError) {
        for network in fault.networks {
            for other in networks
            where network.contains(other.network) || other.contains(network.network) {
                throw APIError(
                    .protected,
                    "`\(network)` overlaps the protected `\(other)`; nothing is armed")
            }
        }
        let spared = fault.except.map(NameShape.init)
        for name in fault.names {
            let shape = NameShape(name)
            for (pattern, protected) in zip(patterns, shapes) where shape.overlaps(protected) {
                if spared.contains(where: { $0.covers(protected) }) { continue }
                throw APIError(
                    .protected,
                    "`\(name)` could match the protected name `\(pattern)`; "
                        + "nothing is armed (`except: \(pattern)` would spare it)")
            }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
