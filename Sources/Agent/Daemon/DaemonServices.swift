import Control
import FoundationEssentials
import Glibc
import ServiceLifecycle
import UnixSignals

/// The agent's life within the daemon: until a signal, or on demand until nothing holds it.
/// When it returns, everything is lifted.
struct AgentService: Service {
    let agent: Agent
    let socket: UnixSocket
    let onDemand: Bool

    /// An on-demand agent that nobody uses leaves after it.
    static let firstFault = Duration.seconds(10)

    func run() async throws {
        var why = "terminated"
        if onDemand, await unused() { why = "no fault is left" }
        if !onDemand { try? await gracefulShutdown() }
        socket.remove()
        await agent.stop(why)
    }

    /// False: a signal came first.
    private func unused() async -> Bool {
        let first = Task {
            guard (try? await Task.sleep(for: Self.firstFault)) != nil else { return }
            await agent.mayBeIdle()
        }
        defer { first.cancel() }
        for await _ in agent.idle.cancelOnGracefulShutdown() where await agent.leave() {
            return true
        }
        return false
    }
}

/// SIGHUP: opens the journal anew, as log rotation wants it; on demand it does nothing, where the
/// default would be death with the terminal that started the agent.
struct Rotation: Service {
    let journal: Journal?

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            journal?.reopen()
        }
    }
}

/// Tells systemd that the packet loop lives, twice in each of its watchdog periods
/// (sd_watchdog_enabled(3)). When the loop hangs it says nothing, and systemd starts the agent anew.
struct Watchdog: Service {
    let agent: Agent
    let notify: @Sendable (String) -> Void

    func run() async throws {
        if let period = Self.period(ProcessInfo.processInfo.environment, pid: getpid()) {
            try? await cancelWhenGracefulShutdown {
                while true {
                    try await Task.sleep(for: period / 2)
                    await beat()
                }
            }
        } else {
            try? await gracefulShutdown()
        }
        notify("STOPPING=1")
    }

    private func beat() async {
        let status = await agent.status()
        guard await agent.health().healthy else { return }
        let count = status.faults.count
        let faults = count == 1 ? "1 fault" : "\(count == 0 ? "no" : "\(count)") faults"
        notify("WATCHDOG=1\nSTATUS=\(faults) armed\(status.halted ? ", halted" : "")")
    }

    /// nil: no watchdog, or another process's.
    static func period(_ environment: [String: String], pid: Int32) -> Duration? {
        guard let text = environment["WATCHDOG_USEC"], let period = Int64(text), period > 0,
            environment["WATCHDOG_PID"].map({ $0 == String(pid) }) ?? true
        else { return nil }
        return .microseconds(period)
    }
}
