/// The body of every reply that is not a success.
public struct APIError: Error, Equatable, Sendable {
    /// One line for people.
    public var error: String
    public var code: Code
    /// `file:line:column` in the fault's text, where the error is in it.
    public var location: String?

    public init(_ code: Code, _ error: String, location: String? = nil) {
        self.error = error
        self.code = code
        self.location = location
    }

    /// What kind of error, for programs. A newer agent may send codes that are not listed here.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public var rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The fault does not load (400).
        public static let spec = Code(rawValue: "spec")
        /// The request is malformed: a parameter, a header (400).
        public static let request = Code(rawValue: "request")
        /// The fault would match a protected name (403).
        public static let protected = Code(rawValue: "protected")
        /// The fault would match nearly everything (403).
        public static let tooBroad = Code(rawValue: "too-broad")
        /// `halt` is in force (403).
        public static let halted = Code(rawValue: "halted")
        /// No lease, or one above the agent's maximum (403).
        public static let lease = Code(rawValue: "lease")
        /// No such fault, or no such path (404).
        public static let notFound = Code(rawValue: "not-found")
        /// The path is there, the method is not (405).
        public static let method = Code(rawValue: "method")
        /// The body is above 1 MiB (413).
        public static let tooLarge = Code(rawValue: "too-large")
        /// As many faults as the agent takes are armed (409).
        public static let tooMany = Code(rawValue: "too-many")
        /// The kernel refused (503).
        public static let kernel = Code(rawValue: "kernel")
        /// The agent lacks a privilege (503).
        public static let privilege = Code(rawValue: "privilege")
        /// The agent is leaving (503).
        public static let stopping = Code(rawValue: "stopping")
        /// A bug in the agent (500).
        public static let `internal` = Code(rawValue: "internal")

        /// Every code that this version sends.
        public static let all: [Code] = [
            .spec, .request, .protected, .tooBroad, .halted, .lease, .notFound, .method, .tooLarge,
            .tooMany, .kernel, .privilege, .stopping, .internal,
        ]
    }

    /// The HTTP status that goes with the code; 500 for one that is not known.
    public var status: Int {
        switch code {
        case .spec, .request: 400
        case .protected, .tooBroad, .halted, .lease: 403
        case .notFound: 404
        case .method: 405
        case .tooMany: 409
        case .tooLarge: 413
        case .kernel, .privilege, .stopping: 503
        default: 500
        }
    }
}

extension APIError: Codable {}

extension APIError.Code: Codable {
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension APIError: CustomStringConvertible {
    public var description: String { error }
}
