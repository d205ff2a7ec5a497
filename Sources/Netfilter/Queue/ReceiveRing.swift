internal import CNetfilter
internal import Glibc

/// Buffers for up to 64 messages that one recvmmsg(2) fills.
@safe struct ReceiveRing: ~Copyable {
    static let count = 64

    private let bytes: UnsafeMutableRawPointer
    private let buffers: UnsafeMutablePointer<iovec>
    private let lengths: UnsafeMutablePointer<UInt32>

    /// `capacity`: bytes of the longest message. Pages that no message reaches stay untouched.
    init(capacity: Int) {
        // Not a multiple of a page: the messages' first lines would all compete for the same cache
        // sets.
        let stride = (capacity + 4_095) / 4_096 * 4_096 + 320
        unsafe bytes = .allocate(byteCount: stride * Self.count, alignment: 64)
        unsafe buffers = .allocate(capacity: Self.count)
        unsafe lengths = .allocate(capacity: Self.count)
        unsafe lengths.initialize(repeating: 0, count: Self.count)
        for index in 0..<Self.count {
            unsafe (buffers + index).initialize(
                to: iovec(iov_base: bytes + index * stride, iov_len: stride))
        }
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe buffers.deallocate()
        unsafe lengths.deallocate()
    }

    /// Takes what is there, at most 64 messages, without waiting. Returns how many, or -1 with
    /// `errno`.
    func receive(from descriptor: Int32) -> Int {
        unsafe Int(bn_receive(descriptor, buffers, lengths, UInt32(Self.count)))
    }

    /// Message `index` of the last `receive`; empty if it did not fit.
    subscript(index: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: buffers[index].iov_base, count: Int(lengths[index]))
    }
}
