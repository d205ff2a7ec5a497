internal import CNetfilter
internal import Glibc

/// What the loop waits for: two sockets, the deadline of the next held packet, and commands.
@safe struct LoopEvents: ~Copyable {
    struct Ready: OptionSet {
        let rawValue: UInt8
        static let packets = Ready(rawValue: 1)
        static let holds = Ready(rawValue: 2)
        static let deadline = Ready(rawValue: 4)
        static let commands = Ready(rawValue: 8)
    }

    private let poller: Descriptor
    private let timer: Descriptor
    /// The deadline that the timer is set to; nil if it is off.
    private var armed: UInt64?
    private let list: UnsafeMutablePointer<epoll_event>
    private static let sources = 4

    /// The corresponding C functions are `epoll_create1` and `timerfd_create`.
    init(packets: Int32, holds: Int32, commands: Int32) throws(NetlinkError) {
        let poller = try Descriptor(
            epoll_create1(Int32(EPOLL_CLOEXEC)), of: "epoll_create1")
        let timer = try Descriptor(
            timerfd_create(
                CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK)),
            of: "timerfd_create")
        try Self.watch(packets, .packets, with: poller)
        try Self.watch(holds, .holds, with: poller)
        try Self.watch(timer.number, .deadline, with: poller)
        try Self.watch(commands, .commands, with: poller)
        self.poller = poller
        self.timer = timer
        unsafe list = .allocate(capacity: Self.sources)
    }

    deinit { unsafe list.deallocate() }

    private static func watch(
        _ descriptor: Int32, _ what: Ready, with poller: borrowing Descriptor
    ) throws(NetlinkError) {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue
        unsafe event.data.u64 = UInt64(what.rawValue)
        guard unsafe epoll_ctl(poller.number, EPOLL_CTL_ADD, descriptor, &event) == 0
        else { throw .last("epoll_ctl") }
    }

    /// Waits until something is ready, or just looks.
    mutating func wait(blocking: Bool) -> Ready {
        var ready: Ready = []
        let count = unsafe epoll_wait(
            poller.number, list, Int32(Self.sources), blocking ? -1 : 0)
        for index in 0..<max(0, Int(count)) {
            unsafe ready.insert(Ready(rawValue: UInt8(truncatingIfNeeded: list[index].data.u64)))
        }
        // Setting the timer again is what clears the event.
        if ready.contains(.deadline) { armed = .max }
        return ready
    }

    /// Sets the timer to a time of CLOCK_MONOTONIC, or off. The corresponding C function is
    /// `timerfd_settime`.
    mutating func setDeadline(_ deadline: UInt64?) {
        guard deadline != armed else { return }
        armed = deadline
        var setting = itimerspec()
        if let deadline {
            // All zero would turn it off.
            let time = min(max(deadline, 1), UInt64(Int64.max))
            setting.it_value.tv_sec = Int(time / 1_000_000_000)
            setting.it_value.tv_nsec = Int(time % 1_000_000_000)
        }
        unsafe timerfd_settime(timer.number, Int32(TFD_TIMER_ABSTIME), &setting, nil)
    }
}
