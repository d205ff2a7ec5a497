/// Something that is done once, by the runner or by a person.
public enum Step: Equatable, Sendable {
    case run(Run)
    case confirm(Confirm)
    /// A word for the record.
    case note(String)
    case http(HTTPCall)

    /// A command of `sh -c`.
    public struct Run: Equatable, Sendable {
        public var command: String
        /// After which it is killed, and has failed.
        public var timeout: Duration
        /// The exit code that means success.
        public var expectedCode: Int32

        public init(command: String, timeout: Duration = .seconds(60), expectedCode: Int32 = 0) {
            self.command = command
            self.timeout = timeout
            self.expectedCode = expectedCode
        }
    }

    /// A person does something and says done.
    public struct Confirm: Equatable, Sendable {
        /// One of the game day's roles.
        public var role: String?
        public var text: String
        public var timeout: Duration

        public init(role: String? = nil, text: String, timeout: Duration = .seconds(900)) {
            self.role = role
            self.text = text
            self.timeout = timeout
        }
    }

    /// One HTTP request, for instance to shift traffic.
    public struct HTTPCall: Equatable, Sendable {
        public struct Header: Equatable, Sendable {
            public var name: String
            public var value: String

            public init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        public var url: String
        public var method: String
        public var headers: [Header]
        public var body: String?
        /// The status that means success; nil: any from 200 to 299.
        public var status: Int?
        public var timeout: Duration

        public init(
            url: String, method: String = "GET", headers: [Header] = [], body: String? = nil,
            status: Int? = nil, timeout: Duration = .seconds(10)
        ) {
            self.url = url
            self.method = method
            self.headers = headers
            self.body = body
            self.status = status
            self.timeout = timeout
        }
    }
}

extension Step {
    /// `run`, `confirm`, `note`, `http`.
    public var kind: String {
        switch self {
        case .run: "run"
        case .confirm: "confirm"
        case .note: "note"
        case .http: "http"
        }
    }

    /// What is done, without the kind: the command, the sentence, `POST http://…`.
    public var text: String {
        switch self {
        case .run(let run): run.command
        case .confirm(let confirm): confirm.text
        case .note(let text): text
        case .http(let call): "\(call.method) \(call.url)"
        }
    }

    /// Who does it, where a person does.
    public var role: String? {
        if case .confirm(let confirm) = self { confirm.role } else { nil }
    }

    /// How long it may take.
    public var timeout: Duration {
        switch self {
        case .run(let run): run.timeout
        case .confirm(let confirm): confirm.timeout
        case .note: .zero
        case .http(let call): call.timeout
        }
    }

    /// In one line: `confirm (commander): Shift traffic`.
    public var words: String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return role.map { "\(kind) (\($0)): \(line)" } ?? "\(kind): \(line)"
    }
}
