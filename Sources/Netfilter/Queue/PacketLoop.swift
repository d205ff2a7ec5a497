internal import CNetfilter
internal import Glibc
internal import Synchronization

/// The loop has ended, or is about to: a command came too late.
public struct LoopStopped: Error, Equatable, Sendable {
    public init() {}
}

/// A thread of its own that takes packets from the queues, asks a handler about each, and tells the
/// kernel.
///
/// The handler belongs to that thread; commands run there too, between packets. When the loop ends
/// it lets all packets go on that it holds, runs the commands that were given before, and closes
/// the queues, whose rules then let everything pass. What arrives in the very moment of closing is
/// dropped by the kernel: take the rules away first (`OwnerTable.disarm`).
public final class PacketLoop<Handler: PacketHandler>: Sendable {
    /// Runs on the loop's thread with its handler.
    public typealias Command = @Sendable (inout Handler, inout Reply) -> Void

    public let numbers: QueueNumbers
    private let mailbox: LoopMailbox<Handler>

    /// Starts the thread. `holdCapacity`: most packets held at once (at most 65,536); past that
    /// they are not delayed.
    public init(
        _ queues: consuming PacketQueues, holdCapacity: Int = 1 << 16, handler: sending Handler
    ) throws(NetlinkError) {
        numbers = queues.numbers
        let mailbox = LoopMailbox<Handler>(
            wake: try Signal(), finished: try Signal())
        let core = LoopCore(queues, holdCapacity: holdCapacity)
        let events = try LoopEvents(
            packets: core.queues.packetSocket.descriptor,
            holds: core.queues.holdSocket.descriptor,
            commands: mailbox.wake.number)
        let runner = LoopRunner(core: core, events: events, mailbox: mailbox, handler: handler)
        self.mailbox = mailbox
        try LoopThread.start { runner.run() }
    }

    deinit { stopAndWait() }

    /// What the loop has done so far; at most one round of packets behind.
    public var counters: LoopCounters { mailbox.counters }

    /// Runs `command` on the loop's thread, soon. False if the loop has ended: then it never runs.
    @discardableResult
    public func perform(_ command: @escaping Command) -> Bool {
        mailbox.post(command)
    }

    /// Runs `body` on the loop's thread and returns its result.
    public func result<Value: Sendable>(
        of body: @escaping @Sendable (inout Handler, inout Reply) -> Value
    ) async throws(LoopStopped) -> Value {
        let value: Value? = await withCheckedContinuation { continuation in
            let posted = mailbox.post { handler, reply in
                continuation.resume(returning: body(&handler, &reply))
            }
            if !posted { continuation.resume(returning: nil) }
        }
        guard let value else { throw LoopStopped() }
        return value
    }

    /// Ends the loop and returns when its queues are closed. Any number of callers may.
    public func stop() async {
        await withCheckedContinuation { mailbox.whenFinished($0) }
    }

    /// Like `stop()`, blocking the thread. On the loop's own thread (in a command) it does not
    /// wait.
    public func stopAndWait() {
        mailbox.requestStop()
        if !mailbox.isLoopThread { mailbox.finished.wait() }
    }
}
