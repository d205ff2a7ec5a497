internal import Glibc

/// Real-time scheduling of the packet loop's thread while answers wait in it: a delay is only as
/// exact as the thread is prompt, and an ordinary thread may wait some milliseconds for its turn.
///
/// Only then, because a thread that runs at once takes packets one by one rather than many at a
/// time, which costs twice the processor time. The kernel keeps 5 % of each second for others
/// (sched_rt_runtime_us), whatever this thread does.
public struct RealtimeTurn: ~Copyable {
    /// The lowest of real-time priorities.
    private static let priority: Int32 = 1

    private var isTaken = false
    private var isAllowed = true

    init() {}

    /// Lets threads of this process ask for it once its privileges are gone; false if it may not.
    /// To be called before they are given up. The corresponding C function is `setrlimit`.
    @discardableResult
    public static func allow() -> Bool {
        let limit = rlimit(rlim_cur: rlim_t(priority), rlim_max: rlim_t(priority))
        return unsafe withUnsafePointer(to: limit) { pointer in
            unsafe setrlimit(__rlimit_resource_t(__RLIMIT_RTPRIO.rawValue), pointer) == 0
        }
    }

    /// Takes or gives back the turn of the calling thread; where it is not to be had it is not asked
    /// for again. The corresponding C function is `sched_setscheduler`.
    mutating func update(holding: Bool) {
        guard holding != isTaken, isAllowed else { return }
        var parameters = sched_param()
        parameters.sched_priority = holding ? Self.priority : 0
        let policy = holding ? SCHED_RR : SCHED_OTHER
        if unsafe sched_setscheduler(0, policy, &parameters) == 0 {
            isTaken = holding
        } else if holding {
            isAllowed = false
        }
    }
}
