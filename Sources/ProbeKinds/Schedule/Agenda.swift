/// What is to come, soonest first: a binary heap.
struct Agenda<Instant: InstantProtocol> {
    enum Kind: Int {
        /// The end of a check's time. Before a tick of the same instant, so that it makes room.
        case end
        case tick
    }

    struct Item {
        var instant: Instant
        var kind: Kind
        /// An index into the schedule's probes.
        var probe: Int

        init(_ instant: Instant, _ kind: Kind, probe: Int) {
            self.instant = instant
            self.kind = kind
            self.probe = probe
        }

        func isBefore(_ other: Item) -> Bool {
            (instant, kind.rawValue, probe) < (other.instant, other.kind.rawValue, other.probe)
        }
    }

    private var items: [Item] = []

    var first: Item? { items.first }

    mutating func insert(_ item: Item) {
        items.append(item)
        var index = items.count - 1
        while index > 0, items[index].isBefore(items[(index - 1) / 2]) {
            items.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = items.popLast(), !items.isEmpty else { return }
        items[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < items.count && items[child].isBefore(items[least]) {
                least = child
            }
            if least == index { return }
            items.swapAt(index, least)
            index = least
        }
    }
}
