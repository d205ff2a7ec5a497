internal import CNetfilter
internal import Glibc

/// A detached thread that takes no signals: those are for the program's own threads.
enum LoopThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// The corresponding C function is `pthread_create`.
    static func start(_ run: @escaping @Sendable () -> Void) throws(NetlinkError) {
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        // A thread starts with its maker's mask.
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let body = unsafe Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard failure == 0 else {
            unsafe body.release()
            throw NetlinkError(call: "pthread_create", errno: failure)
        }
        pthread_detach(thread)
    }
}
