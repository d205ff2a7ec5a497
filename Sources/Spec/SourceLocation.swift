/// Where a value was written: a place in a file, a flag of the command line, or a file as a whole.
///
/// Lines and columns count from 1; columns count Unicode scalars, as editors and libyaml do. A line
/// of 0 means that there is no line: `file` is then a flag (`--by`), a command (`dns delay`) or a
/// file that was not read.
public struct SourceLocation: Hashable, Sendable {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// A flag or command of the command line, as the user typed it: `.commandLine("--by")`.
    public static func commandLine(_ text: String) -> SourceLocation {
        SourceLocation(file: text, line: 0, column: 0)
    }

    /// A file as a whole, for errors that have no line (it cannot be read, it is too large).
    public static func whole(file: String) -> SourceLocation {
        SourceLocation(file: file, line: 0, column: 0)
    }

    /// Whether there is a line and a column to show.
    public var hasLine: Bool { line > 0 }
}

extension SourceLocation: CustomStringConvertible {
    /// `file:line:column`, or `file` alone where there is no line.
    public var description: String {
        hasLine ? "\(Quoting.oneLine(file)):\(line):\(column)" : Quoting.oneLine(file)
    }
}
