import ArgumentParser
import Control
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
        let host = HostFiles()
        let privilege = Privilege.current
        // Started first, so that its findings are part of the report.
        let started: Result<Void, any Error> = await noProof ? .success(()) : startAgent()
        let status = await status()
        let agentChecks = AgentChecks(socket: agent.path, privilege: privilege, result: status)
        let resolver = ResolverChecks(host: host)
        let kernel = KernelChecks(
            host: host, config: await Self.kernelConfig(host), status: try? status.get(),
            survey: await survey(status),
            resolvers: Set(resolver.resolvConf.nameservers.map { $0.isV4 ? .ipv4 : .ipv6 }))
        var checks = [agentChecks.privileges, agentChecks.agent, kernel.kernel]
        checks += resolver.all(name: name)
        checks += [EncryptionCheck(host: host).check]
        checks += [kernel.containers, kernel.queues, kernel.tables]
        checks.append(
            await proof(started, status: status, server: resolver.resolvConf.nameservers.first))
        let report = DoctorReport(checks: checks)
        try Console.write(
            agent.json ? try ControlJSON.text(report, pretty: true) + "\n" : report.text)
        if case .failure = status, !noProof { throw ExitCode.noAgent }
        if checks.contains(where: { $0.level == .fail }) { throw ExitCode(1) }
    }

    private func startAgent() async -> Result<Void, any Error> {
        do {
            return .success(try await OnDemandAgent(socket: agent.path).ensure())
        } catch {
            return .failure(error)
        }
    }

    private func status() async -> Result<AgentStatus, AgentError> {
        do { return .success(try await agent.client.status()) } catch { return .failure(error) }
    }

    /// nil: no agent answers.
    private func survey(
        _ status: Result<AgentStatus, AgentError>
    ) async -> Result<Survey, AgentError>? {
        guard case .success = status else { return nil }
        do { return .success(try await agent.client.survey()) } catch { return .failure(error) }
    }

    private func proof(
        _ started: Result<Void, any Error>, status: Result<AgentStatus, AgentError>,
        server: IPAddress?
    ) async -> Check {
        if noProof { return Check("proof", .skip, "not asked for") }
        if case .failure(let error) = started {
            return Check("proof", .skip, "needs an agent: \(ErrorText(error).line)")
        }
        if case .failure(let error) = status {
            return Check("proof", .skip, "needs an agent: \(ErrorText(error).line)")
        }
        return await Proof(
            client: agent.client, name: name ?? Proof.randomName(), server: server
        ).run()
    }

    /// `/boot/config-RELEASE`, else `/proc/config.gz`.
    private static func kernelConfig(_ host: HostFiles) async -> String? {
        let release = ConfigLines.of(host.text("/proc/sys/kernel/osrelease") ?? "").first ?? ""
        if let text = host.text("/boot/config-\(release)") { return text }
        guard host.exists("/proc/config.gz") else { return nil }
        return await Bounded.run(
            "gzip", ["-dc", "/proc/config.gz"], patience: .seconds(2), limit: 4 << 20)?.output
    }
}
