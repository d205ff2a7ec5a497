import Control

/// What the kernel offers, and who else uses it.
struct KernelChecks {
    var host: HostFiles
    /// The kernel's configuration; nil where it is not to be had.
    var config: String?
    /// nil: no agent answers.
    var status: AgentStatus?
    /// What the agent sees of the rules of others; nil: no agent answers.
    var survey: Result<Survey, AgentError>?
    /// The IP versions of this host's resolvers.
    var resolvers: Set<SurveyFinding.Family> = []

    /// What the agent found when it opened its side is the truth; a configuration is only a hint.
    var kernel: Check {
        let release = ConfigLines.of(host.text("/proc/sys/kernel/osrelease") ?? "").first ?? "?"
        switch status?.statement {
        case .native:
            return Check("kernel", .pass, "Linux \(release): native queue statement")
        case .compat:
            return Check(
                "kernel", .pass, "Linux \(release): queue statement through the NFQUEUE target")
        case .some(.none):
            return Check(
                "kernel", .fail, "Linux \(release): the agent has no kernel side",
                advice: "its journal says why: nf_tables or nfnetlink_queue is missing, or "
                    + "CAP_NET_ADMIN is")
        case nil: break
        }
        guard let config else {
            return Check(
                "kernel", .skip, "Linux \(release): needs the agent; no configuration to look at")
        }
        let missing = Self.missing(config)
        return missing.isEmpty
            ? Check("kernel", .pass, "Linux \(release): its configuration has all that is needed")
            : Check(
                "kernel", .warn, "Linux \(release): \(missing.joined(separator: ", ")) not set",
                advice: "faults may not be armed on this kernel")
    }

    /// What an agent needs and a kernel configuration does not have.
    static func missing(_ config: String) -> [String] {
        let lines = ConfigLines.of(config, comments: "#")
        let set = Set(
            lines.filter { $0.hasSuffix("=y") || $0.hasSuffix("=m") }.map { $0.dropLast(2) })
        func has(_ option: String) -> Bool { set.contains("CONFIG_\(option)"[...]) }
        var missing = ["NF_TABLES", "NF_TABLES_INET", "NETFILTER_NETLINK_QUEUE"].filter { !has($0) }
        let compat = has("NFT_COMPAT") && has("NETFILTER_XT_TARGET_NFQUEUE")
        if !has("NFT_QUEUE"), !compat {
            missing.append("NFT_QUEUE (or NFT_COMPAT and NETFILTER_XT_TARGET_NFQUEUE)")
        }
        return missing.map { $0 }
    }

    /// Others that take packets out of the kernel.
    var queues: Check {
        guard let text = host.text("/proc/net/netfilter/nfnetlink_queue") else {
            return Check("queues", .skip, "the list of packet queues needs root")
        }
        let others = Self.queueNumbers(text).filter { status?.queues?.contains($0) != true }
        if others.isEmpty { return Check("queues", .pass, "no other program queues packets") }
        let list = others.map { "\($0)" }.joined(separator: ", ")
        return Check(
            "queues", .pass,
            "other programs have queues \(list); brownout takes free numbers and its own table")
    }

    /// The first column of each row.
    static func queueNumbers(_ text: String) -> [UInt16] {
        text.split(separator: "\n").compactMap {
            ConfigLines.words($0).first.flatMap { UInt16($0) }
        }
    }

    /// Other network namespaces behind this host: their answers are forwarded.
    var containers: Check {
        let bridges = host.entries("/sys/class/net").filter {
            host.exists("/sys/class/net/\($0)/bridge")
        }
        let own = host.link("/proc/self/ns/net")
        let pids = host.entries("/proc").filter { $0.utf8.allSatisfy { (48...57).contains($0) } }
        let others = Set(pids.compactMap { host.link("/proc/\($0)/ns/net") }).filter { $0 != own }
        if bridges.isEmpty, others.isEmpty {
            return Check("containers", .pass, "no bridges and no other network namespaces")
        }
        var parts: [String] = []
        if !bridges.isEmpty { parts.append("bridges \(bridges.joined(separator: ", "))") }
        if !others.isEmpty { parts.append("other network namespaces: \(others.count)") }
        return Check(
            "containers", .pass,
            "\(parts.joined(separator: "; ")); answers forwarded to containers are hit too; what "
                + "a container asks on its own loopback is not")
    }
}
