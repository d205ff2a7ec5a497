internal import Glibc

extension TableSurvey {
    /// More rules on the way of DNS are not read. So many take 0.3 s and 18 MiB.
    static let mostRules = 20_000
    /// Longer is not looked.
    static let patience = Duration.seconds(2)

    /// Looks at the tables of the process's network namespace, on a thread and over a socket of its own; changes nothing.
    ///
    /// Takes at most `patience`, then `cut` says so. Throws `.notPermitted` without CAP_NET_ADMIN, and what goes wrong
    /// with the socket.
    public static func read() async throws(NetlinkError) -> TableSurvey {
        let outcome = await withCheckedContinuation {
            (done: CheckedContinuation<Result<TableSurvey, NetlinkError>, Never>) in
            do throws(NetlinkError) {
                try LoopThread.start {
                    do throws(NetlinkError) {
                        done.resume(returning: .success(try readHere()))
                    } catch {
                        done.resume(returning: .failure(error))
                    }
                }
            } catch {
                done.resume(returning: .failure(error))
            }
        }
        return try outcome.get()
    }

    /// The same on the calling thread, in its network namespace.
    static func readHere(
        mostRules: Int = mostRules, patience: Duration = patience
    ) throws(NetlinkError) -> TableSurvey {
        let end = ContinuousClock.now + patience
        let isLate = { ContinuousClock.now >= end }
        let dump = try TableDump(mostRules: mostRules, isLate: isLate)
        var survey = try SurveyWalk(dump, isLate: isLate).run()
        survey.legacy = legacyTables(
            ipv4: readTextFile("/proc/thread-self/net/ip_tables_names"),
            ipv6: readTextFile("/proc/thread-self/net/ip6_tables_names"))
        return survey
    }

    /// The tables that legacy iptables has in use, a name a line. Only root may read that.
    static func legacyTables(ipv4: String, ipv6: String) -> [String] {
        [("ip", ipv4), ("ip6", ipv6)].flatMap { family, names in
            names.split(separator: "\n").map { "\(family) \($0)" }.sorted()
        }
    }
}
