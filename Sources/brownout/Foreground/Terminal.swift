import FoundationEssentials
import Glibc

/// What standard output is, and what it can do.
struct Terminal: Equatable {
    /// Lines can be redrawn in place.
    var canRedraw: Bool
    /// Weight and colour are welcome.
    var canStyle: Bool

    /// - Parameters:
    ///   - isTerminal: Whether standard output is one.
    ///   - environment: `TERM=dumb` has no cursor to move; `NO_COLOR` (no-color.org) asks for none.
    init(isTerminal: Bool, environment: [String: String]) {
        let term = environment["TERM"] ?? ""
        canRedraw = isTerminal && !term.isEmpty && term != "dumb"
        canStyle = canRedraw && (environment["NO_COLOR"] ?? "").isEmpty
    }

    static var current: Terminal {
        Terminal(
            isTerminal: isatty(STDOUT_FILENO) == 1,
            environment: ProcessInfo.processInfo.environment)
    }

    var reportStyle: Report.Style {
        canRedraw ? .live(styled: canStyle) : .plain
    }
}
