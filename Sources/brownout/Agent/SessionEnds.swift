import FoundationEssentials

/// The SSH connection that this command is used over, so that no fault cuts it.
enum SessionEnds {
    /// SSH_CONNECTION of this process or, as sudo(8) takes it away, of one that it descends from.
    static func find() -> String? {
        let key = "SSH_CONNECTION"
        if let own = ProcessInfo.processInfo.environment[key] { return own }
        var process = "self"
        // Deeper than any shell in a shell.
        for _ in 0..<32 {
            guard let parent = parent(of: process), parent != "0" else { return nil }
            process = parent
            guard let variables = read("/proc/\(process)/environ") else { continue }
            for variable in variables.split(separator: "\0") where variable.hasPrefix("\(key)=") {
                return String(variable.dropFirst(key.count + 1))
            }
        }
        return nil
    }

    /// proc(5), `status`.
    private static func parent(of process: String) -> String? {
        read("/proc/\(process)/status")?.split(separator: "\n")
            .first { $0.hasPrefix("PPid:") }?.split(whereSeparator: { $0 == "\t" || $0 == " " })
            .last.map(String.init)
    }

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
