import Dispatch
import Netfilter

/// A handler that is a closure, counting the packets that it saw.
struct Judge: PacketHandler {
    var seen = 0
    /// Raised after each packet.
    let judged = DispatchSemaphore(value: 0)
    let judge: @Sendable (Span<UInt8>, PacketInfo, inout Reply) -> Verdict

    init(_ judge: @escaping @Sendable (Span<UInt8>, PacketInfo, inout Reply) -> Verdict) {
        self.judge = judge
    }

    mutating func handle(_ packet: Span<UInt8>, _ info: PacketInfo, _ reply: inout Reply) -> Verdict
    {
        seen += 1
        defer { judged.signal() }
        return judge(packet, info, &reply)
    }
}

extension Span where Element == UInt8 {
    /// The bytes as an array, for tests.
    var array: [UInt8] { unsafe withUnsafeBufferPointer { unsafe Array($0) } }
}

extension PacketLoop {
    /// `result(of:)` for tests that block anyway; nil if the loop has ended.
    func value<Value: Sendable>(of body: @escaping @Sendable (inout Handler, inout Reply) -> Value)
        -> Value?
    {
        let done = DispatchSemaphore(value: 0)
        let box = Box<Value?>(nil)
        let posted = perform { handler, reply in
            box.value = body(&handler, &reply)
            done.signal()
        }
        guard posted else { return nil }
        done.wait()
        return box.value
    }
}

/// A variable that two threads share, one after the other.
final class Box<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
}
