internal import CNetfilter
internal import Glibc

/// The body of the loop's thread. Made by one thread and given to another, which alone uses it from
/// then on.
final class LoopRunner<Handler: PacketHandler>: @unchecked Sendable {
    /// Held packets let go between two rounds of new ones: several rounds' worth, as they have
    /// waited long enough.
    private static var releasesPerRound: Int { 4 * ReceiveRing.count }

    private var core: LoopCore?
    private var events: LoopEvents
    private let mailbox: LoopMailbox<Handler>
    private var handler: Handler

    init(
        core: LoopCore, events: consuming LoopEvents, mailbox: LoopMailbox<Handler>,
        handler: sending Handler
    ) {
        self.core = core
        self.events = events
        self.mailbox = mailbox
        self.handler = handler
    }

    func run() {
        mailbox.begin()
        serve()
        // The core is gone, and with it the queues.
        mailbox.finish()
    }

    private func serve() {
        guard let core = core.take() else { return }
        var reply = Reply(core: core)
        var turn = RealtimeTurn()
        var more = false
        while true {
            let ready = events.wait(blocking: !more)
            core.now = monotonicNow()
            if ready.contains(.holds) { core.readHolds() }
            more = core.releaseDue(limit: Self.releasesPerRound)
            core.flush()
            if ready.contains(.commands) {
                let (commands, stop) = mailbox.take()
                for command in commands { command(&handler, &reply) }
                core.flush()
                if stop { break }
            }
            if ready.contains(.packets) {
                let received = core.receive(for: &handler, &reply)
                more = more || received == ReceiveRing.count
            }
            turn.update(holding: core.held.count > 0)
            events.setDeadline(core.held.earliest)
            mailbox.publish(core.counters)
        }
        finish(core, &reply)
    }

    /// Most rounds of packets let through at the end: more than a full queue holds.
    private static var lastRounds: Int { 2_048 }

    private func finish(_ core: LoopCore, _ reply: inout Reply) {
        for command in mailbox.close() { command(&handler, &reply) }
        for _ in 0..<Self.lastRounds where core.acceptWaiting() == 0 { break }
        _ = core.releaseAll()
        core.flush()
        mailbox.publish(core.counters)
    }
}
