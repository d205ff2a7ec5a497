import Foundation

/// Processes that another has started.
enum Children {
    static func of(_ parent: Int32) -> [Int32] {
        let list = "/proc/\(parent)/task/\(parent)/children"
        return (try? String(contentsOfFile: list, encoding: .utf8))?.split(separator: " ")
            .compactMap { Int32($0) } ?? []
    }

    /// False of what has ended and waits for its parent to notice.
    static func isRunning(_ pid: Int32) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        return status.map { !$0.contains("State:\tZ") } ?? false
    }
}
