import ArgumentParser
import Control
import FaultKinds
import Spec
import UnixSignals

/// `brownout exec --fault FAULT -- COMMAND`: only the command and its children feel the fault.
struct Exec: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a command that alone feels some faults.",
        discussion: """
            The command runs in a fresh control group (cgroup v2) below our own, with this \
            terminal, and gets the signals sent to us. The faults act on that group alone, for as \
            long as the command runs; then whoever is left in the group is killed and it is removed. \
            Needs root, or a delegated control group and an agent. With --netns the command runs in \
            that network namespace.

            The exit code is the command's own, 128 and the number of the signal that ended it, \
            126 if it cannot be run, 127 if there is none of that name. If a fault is refused \
            nothing is run: 2 or 3. A command that ends well although its faults were lost on the \
            way gives 3, or 5 if somebody lifted them.

            Example:
              sudo brownout exec --fault no-sts -- ./integration-tests
              sudo brownout exec --fault slow-sts --probability 50% -- curl https://sts.amazonaws.com
              sudo brownout exec --fault ./my-fault.yaml --uid nobody -- setpriv --reuid nobody ./tests
            """)

    @Option(
        name: .customLong("fault"), parsing: .singleValue,
        help: ArgumentHelp(
            "A name in the catalogue, or a YAML file; may be repeated.", valueName: "fault"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var faults: [String]

    @Option(help: .key("uid", of: "scope"))
    var uid: String?

    @OptionGroup(title: "Whom instead") var targets: TargetOptions
    @OptionGroup(title: "When and how") var fault: FaultOptions
    @OptionGroup(title: "Which answers") var answers: AnswerOptions
    @OptionGroup(title: "Which connections") var connections: ConnectionOptions
    @OptionGroup var agent: AgentOptions

    @Flag(help: "Count what would be changed, and change nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp("What people see as its name, in `status` and in marked answers."))
    var name: String?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The command and its arguments, after `--`.", valueName: "command"))
    var command: [String]

    /// How long a fault may live where neither flag nor file says: as long as an agent allows.
    private static let longest = "4h"

    func validate() throws {
        if faults.isEmpty { throw ValidationError("--fault: which fault is the command to feel?") }
        if faults.contains(TypedFile.input) {
            throw ValidationError("--fault: standard input is the command's: give a file")
        }
        if command.isEmpty { throw ValidationError("no command after `--`") }
    }

    func run() async throws {
        // Read before anything is touched.
        let sources = try faults.map { try FaultSource($0) }
        for source in sources { try check(source) }
        for source in sources { _ = try Fault(overrides(nil).laid(over: source.node)) }
        let signals = await UnixSignalsSequence(
            trapping: .sigint, .sigterm, .sighup, .sigquit, .sigusr1, .sigusr2, .sigpipe)
        let group = try ExecGroup.make()
        let code: Int32
        do {
            let keeper = try await ExecKeeper.start(group)
            let outcome = await result(sources, group, signals)
            if await !keeper.end(), await !group.remove() {
                Console.complain("\(group.folder) could not be removed")
            }
            code = try outcome.get()
        } catch {
            _ = await group.remove()
            throw error
        }
        throw ExitCode(code)
    }

    /// The command's control group takes the place of a file's scope, its namespace must not get lost.
    private func check(_ source: FaultSource) throws(ClientError) {
        let scope = source.node.entries?.first { $0.key == "scope" }?.value.entries
        guard agent.netns == nil, let netns = scope?.first(where: { $0.key == "netns" })?.value.text
        else { return }
        throw .usage(
            "\(source.name) is for the network namespace \(netns): with `--netns \(netns)` the "
                + "command runs there")
    }

    private func result(
        _ sources: [FaultSource], _ group: ExecGroup, _ signals: UnixSignalsSequence
    ) async -> Result<Int32, any Error> {
        do {
            let session = SessionEnds.find()
            let overrides = overrides(group)
            let requests = try sources.map { source in
                let node = try overrides.laid(over: source.node)
                _ = try Fault(node)
                return ArmRequest(
                    body: node.json(), format: .json, name: name ?? source.name,
                    lease: Arming.lease, dryRun: dryRun, session: session)
            }
            let place = try await agent.place()
            try await place.ensure()
            let network = try agent.netns.map { try NetworkFile($0) }
            let running = ExecSession(
                agent: OnDemandGate(place: place), group: group,
                command: network?.entering(command) ?? command, tellsEvents: agent.json)
            return .success(try await running.run(requests, signals: signals))
        } catch {
            return .failure(error)
        }
    }

    private func overrides(_ group: ExecGroup?) -> CommandLineFault {
        var options = fault
        // A file's own time is for those who watch; here the command's end is the fault's.
        options.lifetime = fault.lifetime ?? Self.longest
        var scope = ScopeOptions()
        scope.cgroup = group?.folder ?? "/"
        scope.uid = uid
        scope.unit = nil
        scope.pid = nil
        scope.container = nil
        return CommandLineFault(
            overrides: options, targets: targets, answers: answers, connections: connections
        ).scoped(scope, netns: agent.netns)
    }
}
