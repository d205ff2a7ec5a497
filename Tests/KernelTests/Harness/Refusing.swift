import Foundation

/// Programs for which the kernel refuses calls, as an old one does, or a filter of system calls
/// (seccomp(2)).
enum Refusing {
    enum Call: String, Sendable {
        /// "Not known": before Linux 5.9.
        case closeRange = "close_range"
        case listFolder = "getdents64"
        case changeFolder = "chdir"
        /// fcntl(2) F_SETFD: it says that it is done, and is not. What should have been done in the same
        /// call as another is seen then.
        case setFlags = "F_SETFD"
    }

    /// What to put before a program and its arguments; it becomes that program.
    static func wrapper(_ calls: [Call]) -> [String] {
        [Python.path, "-I", "-c", script, calls.map(\.rawValue).joined(separator: ",")]
    }

    private static let script = """
        import ctypes, os, platform, struct, sys
        x86 = platform.machine() == "x86_64"
        ENOSYS, EPERM = 38, 1
        calls = {"close_range": (436, None, ENOSYS), "getdents64": (217 if x86 else 61, None, EPERM),
                 "chdir": (80 if x86 else 49, None, EPERM),
                 "F_SETFD": (72 if x86 else 25, 2, 0)}
        LOAD, EQUAL, RETURN, ALLOW, ERROR = 0x20, 0x15, 0x06, 0x7FFF0000, 0x00050000
        program = []
        for name in sys.argv[1].split(","):
            number, second, code = calls[name]
            # seccomp_data: the number at 0, the second argument at 24.
            program += [(LOAD, 0, 0, 0), (EQUAL, 0, 1 if second is None else 3, number)]
            if second is not None: program += [(LOAD, 0, 0, 24), (EQUAL, 0, 1, second)]
            program += [(RETURN, 0, 0, ERROR | code)]
        program += [(RETURN, 0, 0, ALLOW)]
        code = b"".join(struct.pack("HBBI", *one) for one in program)
        room = ctypes.create_string_buffer(code, len(code))
        filter = struct.pack("HxxxxxxP", len(program), ctypes.addressof(room))
        libc = ctypes.CDLL(None, use_errno=True)
        # PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP with SECCOMP_MODE_FILTER
        for words in ((38, 1, 0, 0, 0), (22, 2, ctypes.create_string_buffer(filter, len(filter)))):
            if libc.prctl(*words): sys.exit(os.strerror(ctypes.get_errno()))
        os.execvp(sys.argv[2], sys.argv[2:])
        """
}
