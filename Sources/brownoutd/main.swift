import Agent

// Top-level code, not an `async` command: all of `prepare` must happen in the process's first thread
// (see `Daemon.prepare`), and the first `await` starts others.
let arguments = Arguments.parseOrExit()
do throws(DaemonFailure) {
    let platform = Platform.linux
    let daemon = try Daemon.prepare(try arguments.options(platform.spec), on: platform)
    try await daemon.run()
} catch {
    Arguments.exit(with: error)
}
