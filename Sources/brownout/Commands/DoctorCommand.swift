import ArgumentParser
import Control
import SystemPackage
import Wire

/// `brownout doctor`: what would make a fault miss, and a proof that it does not.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what would make a fault miss on this host, and prove that it acts.",
        discussion: """
            Looks at privileges, the kernel, the way that names take through this host, and DNS \
            that is encrypted. Then arms a dry run for a name, resolves it as programs do and \
            directly, and sees whether the answers were counted. Nothing is changed.

            Exit code 0: faults act, or nothing speaks against it; 1: they do not; 3: no agent and \
            none could be started.

            Example:
              sudo brownout doctor
              sudo brownout doctor --name dynamodb.us-east-1.amazonaws.com
            """)

    @Option(
        help: ArgumentHelp(
            "Prove this name instead of a random one under example.com.", valueName: "name"))
    var name: String?

    @Flag(help: "Look only; arm and resolve nothing.")
    var noProof = false

    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if let name, Wire.DNS.Name(name) == nil {
            throw ValidationError("--name: \"\(name)\" is not a domain name")
        }
    }

    func run() async throws {
        let place = try await agent.place()
        if let network = place.network, network.inode != NetworkFile(of: nil)?.inode {
            try await become(network, place)
        }
        let findings = await Examination(place: place, name: name, proves: !noProof).findings
        let checks = findings.checks
        let report = DoctorReport(checks: checks)
        try Console.write(
            agent.json ? try ControlJSON.text(report, pretty: true) + "\n" : report.text)
        if !findings.hasAgent, !noProof { throw ExitCode.noAgent }
        if checks.contains(where: { $0.level == .fail }) { throw ExitCode(1) }
    }

    /// Becomes the same command within a network namespace, as only there names can be resolved and its
    /// sockets be seen.
    private func become(_ network: NetworkFile, _ place: AgentPlace) async throws -> Never {
        guard Privilege.current.sysAdmin else { throw ClientError.mayNotEnter(network.name) }
        if !noProof { try await place.ensure() }
        var words = [try LabNamespace.ownProgram, "doctor", "--socket", place.socket]
        if let name { words += ["--name", name] }
        if noProof { words.append("--no-proof") }
        if agent.json { words.append("--json") }
        let command = network.entering(words)
        let problem = ProgramReplacement.become(command)
        throw ClientError.noPlace("\(command[0]): \(Errno(rawValue: problem))")
    }
}
