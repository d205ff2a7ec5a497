import FoundationEssentials
import Glibc

/// What this process may do, as far as an agent needs it.
struct Privilege: Equatable {
    var isRoot: Bool
    /// CAP_NET_ADMIN is in the effective set.
    var netAdmin: Bool

    /// CAP_SYS_ADMIN is: setns(2) to another namespace.
    var sysAdmin: Bool

    /// Bits of linux/capability.h.
    private static let netAdminBit: UInt64 = 12
    private static let sysAdminBit: UInt64 = 21

    /// - Parameter status: The text of `/proc/self/status`; nil where it cannot be read.
    init(userID: UInt32, status: String?) {
        isRoot = userID == 0
        let line = status?.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let mask = line?.split(whereSeparator: { $0 == "\t" || $0 == " " }).last
            .flatMap { UInt64($0, radix: 16) }
        // Without the line: root has it, others have not.
        netAdmin = mask.map { $0 >> Self.netAdminBit & 1 == 1 } ?? isRoot
        sysAdmin = mask.map { $0 >> Self.sysAdminBit & 1 == 1 } ?? isRoot
    }

    static var current: Privilege {
        let status = FileManager.default.contents(atPath: "/proc/self/status")
        return Privilege(
            userID: geteuid(), status: status.map { String(decoding: $0, as: UTF8.self) })
    }

    /// Root in a container without the capability may try: the agent says what it lacks.
    var mayStartAgent: Bool { isRoot || netAdmin }
}
