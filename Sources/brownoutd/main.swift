import Agent

// Top-level code, not an `async` command: all of `prepare` must happen in the process's first thread
// (see `Daemon.prepare`), and the first `await` starts others.
let arguments = Arguments.parseOrExit()
do throws(DaemonFailure) {
    // Before anything is opened or started: all of it belongs to the namespace entered here.
    let network = try AgentNetwork.enter(arguments.netns, root: arguments.root)
    let platform = Platform.linux(network)
    let options = try arguments.options(platform.spec, socket: network.socket)
    let daemon = try Daemon.prepare(options, on: platform)
    try await daemon.run()
} catch {
    Arguments.exit(with: error)
}
