import SystemPackage

/// A pipe by which a command learns that whoever started it is gone, however it went.
///
/// The command's input is the pipe; a shell beside it reads a word, which comes when all is well. The
/// end of the pipe without it, as after `kill -9` of ours, ends the command's whole process group.
struct Lifeline: Sendable {
    /// What the command inherits as its input.
    let input: FileDescriptor
    private let held: FileDescriptor

    /// For `sh -c`, with the command as its first argument. The shell that runs the command knows
    /// nothing of the watch: its `wait` does not wait for it.
    static let script = """
        exec 3<&0 </dev/null
        { read -r word <&3 || kill -s KILL -- -$$; } >/dev/null 2>&1 &
        exec 3<&-
        exec /bin/sh -c "exec 2>&1
        $1"
        """

    init() throws {
        // In one call: what is started in between would hold it for as long as it lives.
        (input, held) = try FileDescriptor.pipe(options: .closeOnExec)
    }

    /// The command has ended, or is being ended; what it left behind may stay.
    func release() {
        // We hold the other end too, so that nobody's absence makes it fail.
        _ = try? held.writeAll("over\n".utf8)
        try? held.close()
        try? input.close()
    }
}
