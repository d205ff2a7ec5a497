/// The packets that wait in hold queues, by deadline and by token.
///
/// A packet is known to the kernel under a number of its hold queue that is learnt only when it
/// arrives there; until then the packet mark, which carries slot and generation, is its name.
/// Nothing here allocates after `init`.
struct HeldPackets {
    struct Slot: Equatable {
        var deadline: UInt64 = 0
        var token: UInt64 = 0
        /// The packet's mark before ours.
        var mark: UInt32 = 0
        /// The kernel's number for it, once `state` is `.waiting`.
        var packet: UInt32 = 0
        /// Which of the hold queues it went to.
        var queue: UInt16 = 0
        var generation: UInt16 = 0
        var state = State.free
        fileprivate var heapIndex: Int32 = -1
        /// Neighbours in the chain of its token's bucket; `next` is also the free list.
        fileprivate var next: Int32 = -1
        fileprivate var previous: Int32 = -1
    }

    enum State: UInt8 {
        case free
        /// Sent to a hold queue, not seen there yet.
        case sent
        case waiting
    }

    private struct HeapEntry {
        var deadline: UInt64
        var slot: Int32
    }

    /// Most packets held at once: the slot number has 16 bits of the mark.
    static let most = 1 << 16

    private let capacity: Int
    private var slots: [Slot]
    private var heap: [HeapEntry]
    private var buckets: [Int32]
    private var firstFree: Int32
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = min(max(capacity, 1), Self.most)
        // The room is claimed at once and filled as it is needed: until then it costs no memory.
        slots = []
        slots.reserveCapacity(self.capacity)
        heap = []
        heap.reserveCapacity(self.capacity)
        // A power of two, so that a token's bucket is the top bits of a product.
        buckets = Array(repeating: -1, count: 1 << Self.bucketBits)
        firstFree = -1
    }

    subscript(slot: Int) -> Slot { slots[slot] }

    /// The earliest deadline.
    var earliest: UInt64? { count > 0 ? heap[0].deadline : nil }

    /// The slot whose deadline has come, the earliest first.
    func due(at now: UInt64) -> Int? {
        count > 0 && heap[0].deadline <= now ? Int(heap[0].slot) : nil
    }

    /// Any slot in use.
    var any: Int? { count > 0 ? Int(heap[0].slot) : nil }

    /// Takes a slot; nil if none is free. The result is the mark to put on the packet.
    mutating func insert(deadline: UInt64, token: UInt64, mark: UInt32, queue: UInt16) -> UInt32? {
        guard let index = takeSlot() else { return nil }
        slots[index].deadline = deadline
        slots[index].token = token
        slots[index].mark = mark
        slots[index].queue = queue
        slots[index].generation &+= 1
        slots[index].state = .sent
        link(index, token)
        count += 1
        place(HeapEntry(deadline: deadline, slot: Int32(index)), at: count - 1)
        siftUp(from: count - 1)
        return UInt32(slots[index].generation) << 16 | UInt32(index)
    }

    /// A slot that was used before, or else a new one.
    private mutating func takeSlot() -> Int? {
        if firstFree >= 0 {
            let index = Int(firstFree)
            firstFree = slots[index].next
            return index
        }
        guard slots.count < capacity else { return nil }
        slots.append(Slot())
        heap.append(HeapEntry(deadline: 0, slot: -1))
        return slots.count - 1
    }

    /// A packet with the mark `mark` has come to hold queue `queue` under the number `packet`.
    /// False if none is expected under that mark.
    mutating func arrived(mark: UInt32, packet: UInt32, queue: UInt16) -> Bool {
        let index = Int(mark & 0xffff)
        guard index < slots.count, slots[index].state == .sent,
            slots[index].generation == UInt16(mark >> 16), slots[index].queue == queue
        else { return false }
        slots[index].state = .waiting
        slots[index].packet = packet
        return true
    }

    /// Frees a slot in use and returns what it held.
    mutating func remove(_ index: Int) -> Slot {
        let slot = slots[index]
        unlink(index)
        count -= 1
        let hole = Int(slot.heapIndex)
        if hole != count {
            place(heap[count], at: hole)
            siftUp(from: hole)
            siftDown(from: Int(slots[Int(heap[hole].slot)].heapIndex))
        }
        slots[index].state = .free
        slots[index].heapIndex = -1
        slots[index].next = firstFree
        firstFree = Int32(index)
        return slot
    }

    /// The slot of some packet held under `token`.
    func first(token: UInt64) -> Int? {
        var index = buckets[Self.bucket(token)]
        while index >= 0 {
            if slots[Int(index)].token == token { return Int(index) }
            index = slots[Int(index)].next
        }
        return nil
    }

    // MARK: Tokens: doubly linked chains in buckets

    private static let bucketBits: UInt64 = 14

    private static func bucket(_ token: UInt64) -> Int {
        // 2^64 divided by the golden ratio (Knuth's multiplicative hash).
        Int((token &* 0x9e37_79b9_7f4a_7c15) >> (64 - bucketBits))
    }

    private mutating func link(_ index: Int, _ token: UInt64) {
        let bucket = Self.bucket(token)
        let head = buckets[bucket]
        slots[index].next = head
        slots[index].previous = -1
        if head >= 0 { slots[Int(head)].previous = Int32(index) }
        buckets[bucket] = Int32(index)
    }

    private mutating func unlink(_ index: Int) {
        let (next, previous) = (slots[index].next, slots[index].previous)
        if next >= 0 { slots[Int(next)].previous = previous }
        if previous >= 0 {
            slots[Int(previous)].next = next
        } else {
            buckets[Self.bucket(slots[index].token)] = next
        }
    }

    // MARK: Deadlines: a binary heap

    private mutating func place(_ entry: HeapEntry, at position: Int) {
        heap[position] = entry
        slots[Int(entry.slot)].heapIndex = Int32(position)
    }

    private mutating func siftUp(from position: Int) {
        var position = position
        let entry = heap[position]
        while position > 0 {
            let parent = (position - 1) / 2
            guard entry.deadline < heap[parent].deadline else { break }
            place(heap[parent], at: position)
            position = parent
        }
        place(entry, at: position)
    }

    private mutating func siftDown(from position: Int) {
        var position = position
        let entry = heap[position]
        while true {
            var child = 2 * position + 1
            guard child < count else { break }
            if child + 1 < count, heap[child + 1].deadline < heap[child].deadline { child += 1 }
            guard heap[child].deadline < entry.deadline else { break }
            place(heap[child], at: position)
            position = child
        }
        place(entry, at: position)
    }
}
