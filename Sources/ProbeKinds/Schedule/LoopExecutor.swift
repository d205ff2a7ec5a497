import NIOCore

/// Runs tasks on the thread of an event loop.
///
/// A check that runs where its connection is read, begun by a clock that waits there too, wakes no
/// other thread. What takes its time must go elsewhere, for all that are on the loop wait for it.
final class LoopExecutor: TaskExecutor {
    let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(job) }
}
