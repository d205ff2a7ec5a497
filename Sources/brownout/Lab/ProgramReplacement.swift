import Glibc

/// Becomes another program, with the same process id, terminal and parent: signals, job control
/// and the exit code need nobody in between.
///
/// `unsafe` is here because there is no way to `execve` without pointers; starting a child instead
/// would mean relaying every signal, and a terminal's Ctrl-C would arrive twice.
enum ProgramReplacement {
    /// Returns only if it fails. The corresponding C function is `execvp`.
    static func become(_ words: [String]) -> CInt {
        // This may be a thread that blocks signals, and what is blocked or ignored is inherited.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
        signal(SIGPIPE, SIG_DFL)
        var arguments = unsafe words.map { unsafe strdup($0) }
        unsafe arguments.append(nil)
        guard let program = unsafe arguments[0] else { return EINVAL }
        unsafe execvp(program, arguments)
        return errno
    }
}
