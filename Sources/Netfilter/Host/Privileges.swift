internal import CNetfilter
internal import Glibc

/// A capability by its number, as in <linux/capability.h>.
public struct Capability: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Netlink to netfilter: rules, queues, verdicts.
    public static let netAdmin = Capability(rawValue: 12)
    /// setns(2) to other network namespaces.
    public static let sysAdmin = Capability(rawValue: 21)
    /// bpf(2): maps and programs.
    public static let bpf = Capability(rawValue: 39)
    /// With bpf(2): programs that the kernel checks without following what a CPU might speculate.
    public static let perfmon = Capability(rawValue: 38)
}

/// The capabilities of this process.
public enum Privileges {
    /// Gives up every capability but `kept`, for good: from the effective, permitted, inheritable,
    /// ambient and bounding sets, so that running another program does not bring them back.
    ///
    /// Capabilities belong to threads, and threads that exist keep theirs: call this before
    /// anything starts one. Throws EBUSY, naming a thread, if there is one that still holds more;
    /// EPERM if this process does not hold what is to be kept. The corresponding C function is
    /// `capng_apply`.
    public static func dropAll(keeping kept: Set<Capability>) throws(NetlinkError) {
        capng_clear(CAPNG_SELECT_ALL)
        let both = capng_type_t(CAPNG_EFFECTIVE.rawValue | CAPNG_PERMITTED.rawValue)
        // The bounding set limits what execve() may give; nothing is to be left in it.
        for capability in kept where capng_update(CAPNG_ADD, both, capability.rawValue) != 0 {
            throw NetlinkError(call: "capng_update \(capability.rawValue)", errno: EINVAL)
        }
        let result = capng_apply(CAPNG_SELECT_ALL)
        guard result == 0 else {
            throw NetlinkError(call: "capng_apply (\(result))", errno: EPERM)
        }
        let mask = kept.reduce(UInt64(0)) { $0 | 1 << UInt64($1.rawValue) }
        for (thread, held) in threads() where held & ~mask != 0 {
            throw NetlinkError(call: "drop capabilities of thread \(thread)", errno: EBUSY)
        }
    }

    /// The capabilities that the calling thread may use. The corresponding C function is
    /// `capng_have_capability`.
    public static func has(_ capability: Capability) -> Bool {
        capng_get_caps_process() == 0
            && capng_have_capability(CAPNG_EFFECTIVE, capability.rawValue) != 0
    }

    /// The permitted set of each thread of this process, from /proc.
    private static func threads() -> [(name: String, permitted: UInt64)] {
        guard let directory = unsafe opendir("/proc/self/task") else { return [] }
        defer { unsafe closedir(directory) }
        var threads: [(String, UInt64)] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.first != "." else { continue }
            let status = readTextFile("/proc/self/task/\(name)/status")
            for line in status.split(separator: "\n") where line.hasPrefix("CapPrm:") {
                let digits = line.dropFirst("CapPrm:".count).drop { $0 == "\t" || $0 == " " }
                threads.append((name, UInt64(digits, radix: 16) ?? .max))
            }
        }
        return threads
    }
}
