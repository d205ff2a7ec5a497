import Glibc
import NIOPosix

/// What is typed at the terminal, if standard input is one.
enum TerminalLines {
    /// Calls `typed` for each line until the task is cancelled.
    static func listen(_ typed: () async -> Void) async {
        guard isatty(STDIN_FILENO) == 1 else { return }
        // A job in the background that reads would be stopped, and its faults left to their leases.
        signal(SIGTTIN, SIG_IGN)
        let (lines, feed) = AsyncStream.makeStream(of: Void.self)
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        // Reading a terminal cannot be cancelled: the thread ends with the process.
        thread.submit { _ in
            while true {
                guard isInForeground else {
                    usleep(500_000)
                    continue
                }
                if readLine() != nil {
                    feed.yield()
                } else if isInForeground {
                    return feed.finish()
                }
            }
        }
        for await _ in lines { await typed() }
    }

    private static var isInForeground: Bool { tcgetpgrp(STDIN_FILENO) == getpgrp() }
}
