import ArgumentParser
import Control
import FoundationEssentials
import GameDay
import Glibc
import NIOPosix
import Spec
import UnixSignals

/// `brownout gameday run`.
struct GameDayRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a game day, and leave a report.",
        discussion: """
            Watches the steady state, arms the faults of each phase, judges what the probes see, \
            lifts everything however the run ends, and requires the steady state again. The report \
            is a folder: journal.json, report.html, report.md and junit.xml, without the values of \
            variables that are named like a password, a token or a key.

            With --netns the faults act in another network namespace, while probes and steps look from \
            here, as its users do. To look from within, run all of it there: `ip netns exec blue \
            brownout gameday run …`.

            Ctrl-C lifts everything and ends the run; a second one leaves out what `always` says. \
            If this program is killed, its faults end within 10 seconds.

            Exit codes: 0 everything held; 1 an expectation was not met; 2 the file does not load; \
            3 no agent, no privilege, or doctor's objection; 4 stopped by a condition or the loss \
            of the agent; 5 interrupted, everything lifted; 70 everything held, and what it left could \
            not be written.

            Example:
              sudo brownout gameday run us-east-1-out --set SERVICE=http://127.0.0.1:8080
              brownout gameday run dynamodb-empty --lab
              brownout gameday run incident-2025-10-20 --lab --speed 60 --yes
            """)

    @Argument(
        help: "A name in the catalogue, a YAML file, or - for standard input.",
        completion: .list(GameDayCatalogue.all.map(\.name)))
    var gameday: String

    @OptionGroup var options: GameDayOptions

    @Flag(help: "Arm faults that only count; what is expected of the phases then decides nothing.")
    var dryRun = false

    @Flag(help: "Confirm every step that waits for a person.")
    var yes = false

    @Option(
        help: ArgumentHelp(
            "Where the report goes. (default: a new folder here, named after game day and time)",
            valueName: "folder"), completion: .directory)
    var report: String?

    @Option(
        help: ArgumentHelp(
            "Post start, phases, stop and verdict there as JSON, with a text for Slack.",
            valueName: "url"))
    var webhook: String?

    @Option(
        help: ArgumentHelp(
            "The run's own socket, by which `gameday confirm` reaches it. (default: run.sock in the "
                + "report's folder)", valueName: "path"))
    var control: String?

    @Flag(help: "Run though doctor says that faults do not act here.")
    var noDoctor = false

    @OptionGroup var agent: AgentOptions

    @Flag(help: "Run it in the lab: a private network with a small cloud in it, no root needed.")
    var lab = false

    @OptionGroup(title: "The lab") var labOptions: LabOptions

    func validate() throws {
        if !lab, !labOptions.isAsEver {
            throw ValidationError("--careless, --token-life, --clients, --shoppers go with --lab")
        }
        if lab, gameday == TypedFile.input {
            throw ValidationError("--lab reads the game day twice: give a file")
        }
        if lab, agent.netns != nil {
            throw ValidationError("--netns: the lab is a network namespace of its own")
        }
        if let webhook, !webhook.hasPrefix("http://"), !webhook.hasPrefix("https://") {
            throw ValidationError("--webhook: write a URL, http:// or https://")
        }
    }

    func run() async throws {
        let source = try GameDaySource(gameday)
        let plan = try Plan(source.gameDay(set: options.variables), speed: options.speed)
        if lab {
            // Only what loads is worth a lab.
            try await LabNamespace(
                options: labOptions, command: [try LabNamespace.ownProgram] + insideLab
            ).enter()
        }
        for warning in plan.warnings { Console.complain("warning: \(warning)") }
        // Trapped before anything is armed.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let place = try await agent.place()
        try await place.ensure()
        if let network = place.network {
            Console.complain(
                "warning: the faults act in the network namespace \(network.name), probes and steps "
                    + "look from this one; `ip netns exec` looks from within")
        }
        let secrets = Secrets(plan.gameDay.variables)
        let header = secrets.masked(await header(plan, source, place))
        try await examine(place)
        let folder = report ?? Self.folder(source.file, header.id)
        let socket = control ?? "\(folder)/run.sock"
        try await RunControl.claim(socket)
        let record = RunRecord(
            header, journal: try Self.journal(in: folder, header), secrets: secrets)
        let session = RunSession(
            plan: plan, record: record, folder: folder,
            gate: OnDemandGate(place: place),
            options: RunOptions(dryRun: dryRun), webhook: webhook,
            confirmations: Confirmations(automatic: yes ? "--yes" : nil),
            control: socket,
            style: agent.json ? .json : Terminal.current.reportStyle, agentSocket: place.socket)
        let outcome = try await session.run(signals)
        if outcome.exitCode != 0 { throw ExitCode(outcome.exitCode) }
    }

    /// The same command for inside the lab, which has an agent and a socket of its own.
    private var insideLab: [String] {
        var words = ["gameday", "run", gameday, "--speed", "\(options.speed)"]
        for assignment in options.assignments { words += ["--set", assignment] }
        for (name, value) in [("report", report), ("webhook", webhook), ("control", control)] {
            if let value { words += ["--\(name)", value] }
        }
        let flags = [
            ("dry-run", dryRun), ("yes", yes), ("no-doctor", noDoctor), ("json", agent.json),
        ]
        return words + flags.filter(\.1).map { "--\($0.0)" }
    }

    /// What `doctor` says, if it says that nothing would happen.
    private func examine(_ place: AgentPlace) async throws {
        // Of another network namespace it could say nothing from here.
        guard !noDoctor, place.network == nil else { return }
        let checks = await Examination(place: place).findings.checks
        let failed = checks.filter { $0.level == .fail }
        guard failed.isEmpty else {
            throw ClientError.unfit(failed.map { "\($0.id): \($0.finding)" })
        }
    }

    private func header(_ plan: Plan, _ source: GameDaySource, _ place: AgentPlace) async
        -> RunHeader
    {
        let now = Timestamp.now
        let day = plan.gameDay
        let compact = "\(now)".filter { $0 != "-" && $0 != ":" }.prefix { $0 != "." }
        let tail = String(UInt16.random(in: 0...UInt16.max), radix: 16)
        return RunHeader(
            id: "\(compact)Z-\(tail)", startedAt: now, brownout: Version.text,
            agent: try? await place.client.status().version, host: HostFiles().hostName,
            title: day.title, about: day.about, runbook: day.runbook,
            roles: Dictionary(
                day.roles.map { ($0.name, $0.about) }, uniquingKeysWith: { first, _ in first }),
            file: source.file, text: source.text,
            variables: Dictionary(
                day.variables.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
            speed: plan.speed, dryRun: dryRun,
            lab: ProcessInfo.processInfo.environment["BROWNOUT_LAB"] != nil,
            probes: plan.probeInfos, phases: plan.phaseInfos, stop: plan.stopWords)
    }

    private static func folder(_ file: String, _ id: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? "gameday"
        let stem = name.split(separator: ".").first.map(String.init) ?? name
        return "\(stem)-\(id)"
    }

    private static func journal(
        in folder: String, _ header: RunHeader
    ) throws(ClientError) -> JournalFile {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            return try JournalFile(path: "\(folder)/journal.json", header: header)
        } catch {
            throw .usage("--report: \(ErrorText.oneLine("\(error)"))")
        }
    }
}

extension HostFiles {
    var hostName: String {
        ConfigLines.of(text("/proc/sys/kernel/hostname") ?? "").first ?? "localhost"
    }
}
