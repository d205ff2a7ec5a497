internal import CNetfilter
internal import Glibc
internal import Synchronization

/// A thread of real-time priority that lends it to another one, which needs no privilege for that.
///
/// It waits for a mutex that the borrower holds, and the kernel lets whoever holds such a mutex run
/// with the priority of whoever waits (PTHREAD_PRIO_INHERIT). It does nothing else, and has given up
/// every capability.
@safe final class PriorityLender: @unchecked Sendable {
    /// The one of this process, if it was started.
    static let shared = Mutex<PriorityLender?>(nil)

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let wanted: UnsafeMutablePointer<sem_t>

    private init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe wanted = .allocate(capacity: 1)
        var attributes = pthread_mutexattr_t()
        unsafe pthread_mutexattr_init(&attributes)
        unsafe pthread_mutexattr_setprotocol(&attributes, Int32(PTHREAD_PRIO_INHERIT))
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, &attributes)
        unsafe wanted.initialize(to: sem_t())
        unsafe sem_init(wanted, 0, 0)
    }

    // The thread, and so the object, lives as long as the process.

    /// Starts the thread with the privileges of the calling one; false if real-time priority is not
    /// to be had with these.
    static func start(priority: Int32) -> Bool {
        guard let ready = try? Signal() else { return false }
        let lender = PriorityLender()
        let outcome = Outcome()
        let started: Void? = try? LoopThread.start {
            var parameters = sched_param()
            parameters.sched_priority = priority
            let granted = unsafe sched_setscheduler(0, SCHED_RR, &parameters) == 0
            outcome.granted.store(granted, ordering: .releasing)
            // It complains of other threads: those give theirs up later.
            try? Privileges.dropAll(keeping: [])
            ready.raise()
            if granted { lender.serve() }
        }
        guard started != nil else { return false }
        ready.wait()
        guard outcome.granted.load(ordering: .acquiring) else { return false }
        shared.withLock { $0 = lender }
        return true
    }

    private final class Outcome: Sendable {
        let granted = Atomic(false)
    }

    private func serve() {
        while true {
            guard unsafe sem_wait(wanted) == 0 else { continue }
            unsafe pthread_mutex_lock(mutex)
            unsafe pthread_mutex_unlock(mutex)
        }
    }

    /// Gives the calling thread the priority until it is given back; false if another thread has it,
    /// or had it a moment ago.
    func borrow() -> Bool {
        guard unsafe pthread_mutex_trylock(mutex) == 0 else { return false }
        // After the mutex is taken: so each loan has a turn of the lender that waits for its end.
        unsafe sem_post(wanted)
        return true
    }

    func giveBack() {
        unsafe pthread_mutex_unlock(mutex)
    }
}
