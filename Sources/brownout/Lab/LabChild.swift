import FoundationEssentials
import Spec
import Subprocess
import SystemPackage

/// The lab as a child of whoever needs it: it ends when nobody holds the other end of its input any
/// more, so a `kill -9` of those leaves nothing.
struct LabChild: Sendable {
    var options: LabOptions
    var patience = Duration.seconds(15)

    private enum Said: Sendable {
        case ready
        case ended(String)
        case nothing
    }

    /// Returns once all of it listens. The pipe that keeps it alive is inherited by what this
    /// process becomes.
    func start() async throws {
        let program = try LabNamespace.ownProgram
        // Without CLOEXEC, on purpose.
        let (readEnd, _) = try FileDescriptor.pipe()
        let log = try FileDescriptor.open(
            FilePath(LabPlace.log), .writeOnly, options: [.create, .append],
            permissions: .ownerReadWrite)
        var platform = PlatformOptions()
        // A terminal's Ctrl-C is for the command, which may need the lab until its end.
        platform.createSession = true
        let (news, tell) = AsyncStream.makeStream(of: Said.self)
        let running = Task { [platform] in
            do {
                let result = try await Subprocess.run(
                    .path(FilePath(program)),
                    arguments: Arguments(["lab", "up", "--until-eof"] + options.arguments),
                    platformOptions: platform,
                    input: .fileDescriptor(readEnd, closeAfterSpawningProcess: true),
                    output: .sequence,
                    error: .fileDescriptor(log, closeAfterSpawningProcess: true)
                ) { execution in
                    for try await line in execution.standardOutput.strings() where line == "ready" {
                        tell.yield(.ready)
                    }
                }
                let text = FileManager.default.contents(atPath: LabPlace.log) ?? Data()
                let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
                tell.yield(.ended(lines.last.map(String.init) ?? "\(result.terminationStatus)"))
            } catch {
                tell.yield(.ended("\(error)"))
            }
        }
        let alarm = Task {
            try await Task.sleep(for: patience)
            tell.yield(.nothing)
        }
        defer { alarm.cancel() }
        for await said in news {
            switch said {
            case .ready: return
            case .ended(let line): throw ClientError.noPlace("the lab ended: \(line)")
            case .nothing:
                running.cancel()
                throw ClientError.noPlace("the lab was not ready within \(patience.spec)")
            }
        }
    }
}
