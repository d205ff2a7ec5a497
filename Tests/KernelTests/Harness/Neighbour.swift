import Foundation

/// Another host: a network namespace behind a pair of virtual interfaces. `.1` and `::1` of its two
/// networks are here, `.2`, `.3`, `::2` and `::3` there.
struct Neighbour: Sendable {
    /// Holds the namespace, which goes with it.
    private let holder: Program
    let v4: String
    let v6: String
    /// Its interface on this side.
    let link: String

    /// - Parameters:
    ///   - v4: The first three octets of its network.
    ///   - v6: The first part of its network, such as `fd01:`.
    static func beside<Value>(
        _ v4: String, _ v6: String, _ body: (Neighbour) async throws -> Value
    ) async throws -> Value {
        try await Place.prepare()
        return try await Program.serving(
            "unshare", ["--net", "--", "sleep", "600"],
            isReady: { program in
                // Until then it still shares ours.
                let (theirs, ours) = ("/proc/\(program.pid)/ns/net", "/proc/self/ns/net")
                let files = FileManager.default
                return try files.destinationOfSymbolicLink(atPath: theirs)
                    != files.destinationOfSymbolicLink(atPath: ours)
            },
            { program in
                let neighbour = Neighbour(
                    holder: program, v4: v4, v6: v6, link: v6.trimmingSuffix { $0 == ":" })
                try await neighbour.furnish()
                let value: Value
                do {
                    value = try await body(neighbour)
                } catch {
                    try? await neighbour.unlink()
                    throw error
                }
                try await neighbour.unlink()
                return value
            })
    }

    private func furnish() async throws {
        try await Program.check(
            "ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns",
            "\(holder.pid)")
        try await Program.check("ip", "address", "add", "\(v4).1/24", "dev", link)
        try await Program.check("ip", "address", "add", "\(v6):1/64", "dev", link, "nodad")
        try await Program.check("ip", "link", "set", link, "up")
        let inside = """
            ip address add \(v4).2/24 dev eth0
            ip address add \(v4).3/24 dev eth0
            ip address add \(v6):2/64 dev eth0 nodad
            ip address add \(v6):3/64 dev eth0 nodad
            ip link set lo up
            ip link set eth0 up
            ip route add default via \(v4).1
            ip route add default via \(v6):1
            """
        let ended = try await run(["sh", "-ec", inside])
        guard ended.succeeded else { throw Program.Failure(description: ended.errors) }
    }

    /// At once: the kernel takes its time over a namespace that nobody uses any more.
    private func unlink() async throws {
        try await Program.check("ip", "link", "delete", link)
    }

    /// A process in its network namespace.
    var process: Int32 { holder.pid }

    /// Runs `body` while ip-netns(8) knows the namespace by a name.
    func named<Value>(_ name: String, _ body: () async throws -> Value) async throws -> Value {
        try await Program.check("ip", "netns", "attach", name, "\(holder.pid)")
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        try await Program.check("ip", "netns", "delete", name)
        return try result.get()
    }

    /// The words that run a command there.
    func command(_ words: [String]) -> [String] {
        ["nsenter", "--target", "\(holder.pid)", "--net", "--"] + words
    }

    /// Runs a program there to its end.
    func run(
        _ words: [String], input: String? = nil, within limit: Duration = .seconds(20)
    ) async throws -> Program.Ended {
        let words = command(words)
        return try await Program.run(
            words[0], Array(words.dropFirst()), input: input, within: limit)
    }

    /// Runs `body` beside a program there.
    func serving<Value>(
        _ words: [String], isReady: (Program) async throws -> Bool,
        _ body: (Program) async throws -> Value
    ) async throws -> Value {
        let words = command(words)
        return try await Program.serving(
            words[0], Array(words.dropFirst()), isReady: isReady, body)
    }
}
