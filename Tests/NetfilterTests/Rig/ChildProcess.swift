import Glibc
import Netfilter
import Testing

/// This very test program, run once more for one role; killed when this goes.
final class ChildProcess {
    static let variable = "BROWNOUT_TEST_ROLE"

    /// What this process is a child for; nil if it is none.
    static var role: ChildRole? {
        guard let value = unsafe getenv(variable) else { return nil }
        return unsafe ChildRole(rawValue: String(cString: value))
    }

    private let spawned: Spawned

    /// Starts the role and waits until it says `ready`.
    init(_ role: ChildRole) throws {
        spawned = try Spawned(
            "/proc/self/exe", ["--testing-library", "swift-testing", "--filter", "childRole"],
            environment: ["\(Self.variable)=\(role.rawValue)"], errors: false)
        var text = ""
        while !text.contains("ready\n") {
            let more = spawned.read()
            guard !more.isEmpty else { throw Failure("role \(role) ended: \(text)") }
            text += more
        }
    }

    func signal(_ number: Int32) { kill(spawned.pid, number) }

    /// Waits for its end; the exit code, or 128 and the signal.
    func wait() -> Int32 {
        _ = spawned.readAll()
        return spawned.wait()
    }
}

/// What a child may be.
enum ChildRole: String {
    /// Owns the table, drops all answers, renews a heartbeat of 3 s every second, until killed.
    case dropper
    /// Binds queue 0 and does nothing, until killed.
    case stranger
    /// Drops its privileges and checks what is left.
    case unprivileged
    /// Drops its privileges, and then does an agent's work.
    case unprivilegedAgent
}

/// Not a test: the other end of `ChildProcess`.
@Test(
    .enabled(
        if: ChildProcess.role != nil,
        "the role of a child process")
)
func childRole() throws {
    switch try #require(ChildProcess.role) {
    case .dropper:
        let rig = try Rig(heartbeat: .seconds(3)) { _, _, _ in .drop }
        say("ready\n")
        while true {
            sleep(1)
            try rig.table.renew(for: .seconds(3))
        }
    case .stranger:
        let queues = try PacketQueues(first: 0)
        say("ready\n")
        while queues.numbers.datagrams == 0 { sleep(1) }
    case .unprivileged:
        #expect(Privileges.has(.netAdmin))
        // Too late here: the test library has its threads.
        #expect(throws: NetlinkError.self) { try Privileges.dropAll(keeping: []) }
        #expect(!Privileges.has(.netAdmin))
        expectNotPermitted { _ = try OwnerTable() }
        expectNotPermitted { _ = try PacketQueues() }
        expectNotPermitted { _ = try PacketQueues(first: 9) }
        expectNotPermitted { _ = try KernelSupport.probe() }
        say("ready\n")
    case .unprivilegedAgent:
        #expect(Privileges.has(.sysAdmin))
        // Port 53 is a privileged one.
        let pair = try Pair()
        do {
            try Privileges.dropAll(keeping: [.netAdmin])
        } catch {
            // Other threads of the test library keep theirs, and are named; this one is stripped.
            #expect(error.errno == EBUSY)
        }
        #expect(!Privileges.has(.sysAdmin))
        let status = try Sandbox.read("/proc/thread-self/status")
        for line in [
            "CapInh:\t0000000000000000", "CapPrm:\t0000000000001000",
            "CapEff:\t0000000000001000", "CapBnd:\t0000000000000000",
            "CapAmb:\t0000000000000000",
        ] {
            #expect(status.contains(line), "\(status)")
        }
        let rig = try Rig { _, _, _ in .drop }
        try pair.answer("dropped")
        try rig.waitUntilJudged()
        #expect(pair.next(within: 50) == nil)
        say("ready\n")
    }
}

private func expectNotPermitted(_ body: () throws -> Void) {
    #expect(performing: body, throws: { ($0 as? NetlinkError)?.reason == .notPermitted })
}

private func say(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe write(1, bytes, bytes.count)
}
