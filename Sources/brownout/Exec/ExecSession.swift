import ArgumentParser
import Control
import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import UnixSignals

/// Arms faults on a control group, runs a command in it, and lifts them when it has ended.
struct ExecSession: Sendable {
    let agent: OnDemandGate
    let group: ExecGroup
    let command: [String]
    /// Events as JSON on standard error: standard output is the command's.
    let tellsEvents: Bool

    /// Why the command did not feel all of it.
    private enum Loss: Sendable, Equatable {
        case agent(String)
        case lifted(String)
    }

    private static let renewal = Duration.seconds(2)
    private static let patience = 10

    /// Returns the command's exit code, or 128 and the number of the signal that ended it.
    func run(_ requests: [ArmRequest], signals: UnixSignalsSequence) async throws -> Int32 {
        var faults: [ArmedFault] = []
        do {
            for request in requests { faults.append(try await agent.arm(request)) }
        } catch {
            for fault in faults { _ = try? await agent.lift(fault.id) }
            throw error
        }
        for fault in faults { tell(.init(.arm, fault)) }
        let losses = renew(faults)
        let status: TerminationStatus
        do {
            status = try await becomeOfCommand(signals)
        } catch {
            _ = await lift(faults, losses)
            throw ClientError.noPlace("\(error)")
        }
        let loss = await lift(faults, losses)
        let code: Int32 =
            switch status {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        guard let loss else { return code }
        switch loss {
        case .agent(let problem):
            Console.complain("the command felt the faults for a part of its time only: \(problem)")
            return code == 0 ? ArgumentParser.ExitCode.noAgent.rawValue : code
        case .lifted(let id):
            Console.complain("somebody else lifted \(id) before the command had ended")
            return code == 0 ? ExitCode.interrupted.rawValue : code
        }
    }

    /// Runs the command in the group; every signal that we get is its own.
    private func becomeOfCommand(_ signals: UnixSignalsSequence) async throws -> TerminationStatus {
        let own = try LabNamespace.ownProgram
        let result = try await Subprocess.run(
            .path(FilePath(own)),
            arguments: Arguments(["exec-inside", group.folder, "--"] + command),
            input: .currentStandardInput, output: .currentStandardOutput,
            error: .currentStandardError
        ) { execution in
            let process = execution.processIdentifier.value
            // Ends with this process: nobody waits for it.
            Task {
                for await signal in signals { Self.pass("\(signal)", to: process) }
            }
        }
        return result.terminationStatus
    }

    private static let numbers: [String: Int32] = [
        "SIGINT": SIGINT, "SIGTERM": SIGTERM, "SIGHUP": SIGHUP, "SIGQUIT": SIGQUIT,
        "SIGUSR1": SIGUSR1, "SIGUSR2": SIGUSR2,
    ]

    private static func pass(_ name: String, to process: pid_t) {
        guard let number = numbers[name] else { return }
        // What a terminal's keys send, the command in the foreground has already.
        let isForeground = [0, 1, 2].contains { tcgetpgrp($0) == getpgrp() }
        if isForeground, number == SIGINT || number == SIGQUIT { return }
        kill(process, number)
    }

    // MARK: Faults

    private func renew(_ faults: [ArmedFault]) -> Task<Loss?, Never> {
        Task {
            var misses = 0
            while (try? await Task.sleep(for: Self.renewal)) != nil {
                for fault in faults {
                    do throws(AgentError) {
                        _ = try await agent.renew(fault.id)
                        misses = 0
                    } catch .refused(let reply, _) where reply.code == .notFound {
                        // Its own time may be over: that is what `--for` asks for.
                        if Timestamp.now < fault.endsAt { return .lifted(fault.id) }
                    } catch .noAgent {
                        return .agent("the agent is gone")
                    } catch {
                        misses += 1
                        if misses * 2 >= Self.patience { return .agent(error.description) }
                    }
                }
            }
            return nil
        }
    }

    private func lift(_ faults: [ArmedFault], _ losses: Task<Loss?, Never>) async -> Loss? {
        losses.cancel()
        var loss = await losses.value
        for fault in faults {
            do throws(AgentError) {
                let lifted = try await agent.lift(fault.id)
                tell(.init(.end, lifted, reason: "lift", now: .now))
            } catch .refused(let reply, _) where reply.code == .notFound {
                if Timestamp.now < fault.endsAt { loss = loss ?? .lifted(fault.id) }
            } catch .noAgent {
                if Timestamp.now < fault.endsAt { loss = loss ?? .agent("the agent is gone") }
            } catch {
                loss = loss ?? .agent(error.description)
            }
        }
        return loss
    }

    private func tell(_ line: Report.Line) {
        guard tellsEvents else { return }
        _ = try? FileDescriptor.standardError.writeAll((Report.json(line) + "\n").utf8)
    }
}
