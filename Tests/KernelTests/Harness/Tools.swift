import Foundation

/// `dig`, as people use it.
struct Dig: Equatable, Sendable {
    var status: String
    var flags: Set<String>
    /// Its EDE lines, as it words them.
    var errors: [String]
    var answers: [String]
    var text: String

    /// nil: no answer within a second.
    static func ask(_ name: String, _ type: String = "A", _ road: Road = .udp, _ more: String...)
        async throws -> Dig?
    {
        let ended = try await Program.run(
            "dig",
            [
                "@\(road.address)", "-p", "\(road.port)", "+tries=1", "+time=1", "-r",
                road.isTCP ? "+tcp" : "+ignore", name, type,
            ] + more)
        // 9: no reply from the server.
        return ended.status == 9 ? nil : Dig(ended.output)
    }

    private init(_ text: String) {
        self.text = text
        func rest(after mark: String, until end: Character) -> String {
            guard let range = text.range(of: mark) else { return "" }
            return String(text[range.upperBound...].prefix { $0 != end && $0 != "\n" })
        }
        status = rest(after: "status: ", until: ",")
        flags = Set(rest(after: ";; flags: ", until: ";").split(separator: " ").map(String.init))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        errors = lines.filter { $0.hasPrefix("; EDE: ") }
        answers = lines.drop { $0 != ";; ANSWER SECTION:" }.dropFirst()
            .prefix { !$0.isEmpty }.map { $0 }
    }
}

/// Debian's own Python, which has python3-dnspython; others in PATH have not.
enum Python {
    static var path: String {
        let path = "/usr/bin/python3"
        return FileManager.default.isExecutableFile(atPath: path) ? path : "python3"
    }

    /// Runs a script that reads JSON from standard input and prints JSON; here or at another host.
    static func run<Input: Encodable, Output: Decodable>(
        _ script: String, _ input: Input, as: Output.Type = Output.self,
        at neighbour: Neighbour? = nil, within limit: Duration = .seconds(30)
    ) async throws -> Output {
        let text = String(decoding: try JSONEncoder().encode(input), as: UTF8.self)
        let words = [path, "-I", "-c", script]
        let ended =
            if let neighbour {
                try await neighbour.run(words, input: text, within: limit)
            } else {
                try await Program.run(
                    words[0], Array(words.dropFirst()), input: text, within: limit)
            }
        guard ended.succeeded else {
            throw Program.Failure(description: "python: \(ended.errors)")
        }
        return try JSONDecoder().decode(Output.self, from: Data(ended.output.utf8))
    }
}

/// `nft list ruleset`: what is in force in this namespace.
func ruleset() async throws -> String {
    try await Program.check("nft", "list", "ruleset")
}
