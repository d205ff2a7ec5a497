import Glibc

/// A program run with pipes at its input and output; killed when this goes.
final class Spawned {
    let pid: pid_t
    private let input: Int32
    private let output: Int32
    private var status: Int32?

    /// The corresponding C function is `posix_spawn`. With `errors`, standard error goes with the
    /// output, else nowhere.
    init(_ path: String, _ arguments: [String], environment: [String] = [], errors: Bool = true)
        throws
    {
        let toChild = try Self.pipe()
        let fromChild = try Self.pipe()
        defer {
            close(toChild.read)
            close(fromChild.write)
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, toChild.read, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, fromChild.write, 1)
        if errors {
            unsafe posix_spawn_file_actions_adddup2(&actions, fromChild.write, 2)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        var variables = environment
        var index = 0
        while let variable = unsafe environ[index] {
            unsafe variables.append(String(cString: variable))
            index += 1
        }
        let argv = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        let envp = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer {
            let texts = unsafe argv + envp
            for index in 0..<(unsafe texts.count) { unsafe free(texts[index]) }
        }
        var pid: pid_t = 0
        let failure = unsafe posix_spawn(&pid, path, &actions, nil, argv, envp)
        guard failure == 0 else {
            close(toChild.write)
            close(fromChild.read)
            throw Failure("\(path): \(unsafe String(cString: strerror(failure)))")
        }
        self.pid = pid
        input = toChild.write
        output = fromChild.read
    }

    deinit {
        if status == nil {
            kill(pid, SIGKILL)
            _ = wait()
        }
        close(input)
        close(output)
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw Failure.last("pipe") }
        // Other children do not get these.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// What the program has printed since; empty at its end.
    func read() -> String {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe Glibc.read(output, &buffer, buffer.count)
        return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }

    func readAll() -> String {
        var text = ""
        while true {
            let more = read()
            if more.isEmpty { return text }
            text += more
        }
    }

    /// Waits for its end; the exit code, or 128 and the signal.
    func wait() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        while unsafe waitpid(pid, &raw, 0) < 0 && errno == EINTR {}
        let signal = raw & 0x7f
        let code = signal == 0 ? raw >> 8 & 0xff : 128 + signal
        status = code
        return code
    }
}
