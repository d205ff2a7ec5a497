import Control
import Wire

/// Everything that `doctor` looks at, in order; a game day looks at it too before it begins.
struct Examination {
    var place: AgentPlace
    /// Proves this name instead of a random one.
    var name: String?
    /// Arms a dry run and resolves, rather than only looking.
    var proves = true

    /// What was found, and whether an agent answers.
    struct Findings {
        var checks: [Check]
        var hasAgent: Bool
    }

    var findings: Findings {
        get async {
            let host = HostFiles()
            let privilege = Privilege.current
            // Started first, so that its findings are part of the report.
            let started: Result<Void, any Error> = await proves ? startAgent() : .success(())
            let status = await status()
            let agentChecks = AgentChecks(
                socket: place.socket, privilege: privilege, result: status)
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
            let hasAgent = if case .success = status { true } else { false }
            return Findings(checks: checks, hasAgent: hasAgent)
        }
    }

    private func startAgent() async -> Result<Void, any Error> {
        do {
            return .success(try await place.ensure())
        } catch {
            return .failure(error)
        }
    }

    private func status() async -> Result<AgentStatus, AgentError> {
        do { return .success(try await place.client.status()) } catch { return .failure(error) }
    }

    /// nil: no agent answers.
    private func survey(
        _ status: Result<AgentStatus, AgentError>
    ) async -> Result<Survey, AgentError>? {
        guard case .success = status else { return nil }
        do { return .success(try await place.client.survey()) } catch { return .failure(error) }
    }

    private func proof(
        _ started: Result<Void, any Error>, status: Result<AgentStatus, AgentError>,
        server: IPAddress?
    ) async -> Check {
        if !proves { return Check("proof", .skip, "not asked for") }
        if case .failure(let error) = started {
            return Check("proof", .skip, "needs an agent: \(ErrorText(error).line)")
        }
        if case .failure(let error) = status {
            return Check("proof", .skip, "needs an agent: \(ErrorText(error).line)")
        }
        return await Proof(
            client: place.client, name: name ?? Proof.randomName(), server: server
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
