internal import CNetfilter
internal import Glibc
internal import Synchronization

/// A prompt turn on the processor for the packet loop's thread while answers wait in it: a delay is
/// only as exact as the thread is prompt, and an ordinary thread may wait some milliseconds.
///
/// Real-time scheduling where that is allowed, of its own or lent by a thread that took it while there
/// were privileges; else the shortest time slice, which lets a thread that wakes up go before those
/// with longer ones (EEVDF, Linux 6.12 and later) and takes no privilege.
///
/// Only then, because a thread that runs at once takes packets one by one rather than many at a
/// time, which costs twice the processor time. The kernel keeps 5 % of each second for others
/// (sched_rt_runtime_us), whatever this thread does.
public struct RealtimeTurn: ~Copyable {
    /// The lowest of real-time priorities.
    private static let priority: Int32 = 1
    /// The shortest slice that the kernel grants, in ns (`__setparam_fair`).
    private static let slice: UInt64 = 100_000

    private enum Kind { case own, lent, slice }

    private var taken: Kind?
    private var mayBeRealtime = true

    init() {}

    deinit {
        if taken == .lent { PriorityLender.shared.withLock { $0 }?.giveBack() }
    }

    /// Lets the packet loop of this process have it once the privileges are gone; false if it may
    /// not. To be called before they are given up, before other threads start. The corresponding C
    /// function is `setrlimit`; where that takes a privilege (CAP_SYS_RESOURCE) that is not there, a
    /// thread is started that lends its priority.
    @discardableResult
    public static func allow() -> Bool {
        let limit = rlimit(rlim_cur: rlim_t(priority), rlim_max: rlim_t(priority))
        let isRaised = unsafe withUnsafePointer(to: limit) { pointer in
            unsafe setrlimit(__rlimit_resource_t(__RLIMIT_RTPRIO.rawValue), pointer) == 0
        }
        return isRaised || PriorityLender.start(priority: priority)
    }

    /// Takes or gives back the turn of the calling thread. What is not to be had is no failure.
    mutating func update(holding: Bool) {
        if holding, taken == nil { take() }
        if !holding, let taken { giveBack(taken) }
    }

    /// The corresponding C functions are `sched_setscheduler` and `sched_setattr`.
    private mutating func take() {
        if mayBeRealtime {
            if Self.schedule(SCHED_RR, Self.priority) {
                taken = .own
                return
            }
            mayBeRealtime = false
        }
        if let lender = PriorityLender.shared.withLock({ $0 }) {
            // Not this time: the next round asks again.
            if lender.borrow() { taken = .lent }
        } else {
            _ = bn_set_slice(Self.slice)
            taken = .slice
        }
    }

    private mutating func giveBack(_ kind: Kind) {
        taken = nil
        switch kind {
        case .own: _ = Self.schedule(SCHED_OTHER, 0)
        case .lent: PriorityLender.shared.withLock { $0 }?.giveBack()
        case .slice: _ = bn_set_slice(0)
        }
    }

    private static func schedule(_ policy: Int32, _ priority: Int32) -> Bool {
        var parameters = sched_param()
        parameters.sched_priority = priority
        return unsafe sched_setscheduler(0, policy, &parameters) == 0
    }
}
