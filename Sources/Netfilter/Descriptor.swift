internal import CNetfilter
internal import Glibc

/// A file descriptor that is closed when it goes out of scope.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    /// Takes over the result of a call that opens something; negative is that call's error.
    init(_ number: Int32, of call: String) throws(NetlinkError) {
        guard number >= 0 else { throw .last(call) }
        self.number = number
    }

    deinit { _ = Glibc.close(number) }
}

/// ns of CLOCK_MONOTONIC. The corresponding C function is `clock_gettime`.
func monotonicNow() -> UInt64 { readClock(CLOCK_MONOTONIC) }

/// Now, in ns of CLOCK_REALTIME.
func wallClockNow() -> UInt64 { readClock(CLOCK_REALTIME) }

private func readClock(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}

/// An eventfd(2): one thread waits for what others signal.
final class Signal: Sendable {
    private let descriptor: Descriptor

    init() throws(NetlinkError) {
        descriptor = try Descriptor(
            eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)), of: "eventfd")
    }

    var number: Int32 { descriptor.number }

    func raise() { _ = eventfd_write(descriptor.number, 1) }

    func clear() {
        var value: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor.number, &value)
    }

    /// Waits until it has been raised, and leaves it so.
    func wait() {
        var poller = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&poller, 1, -1) < 0 && Glibc.errno == EINTR {}
    }
}
