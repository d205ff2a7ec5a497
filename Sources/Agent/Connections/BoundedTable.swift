/// A dictionary with a limit: what was put in first makes room.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Place {
        var value: Value
        var number: UInt64
    }

    private let limit: Int
    private var places: [Key: Place] = [:]
    /// Keys as they were put in; those whose number is another by now are stale.
    private var order: [(key: Key, number: UInt64)] = []
    /// Where `order` begins.
    private var head = 0
    private var nextNumber: UInt64 = 0

    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { places.count }

    subscript(key: Key) -> Value? { places[key]?.value }

    /// Puts a value in, as the newest.
    ///
    /// - Returns: What made room.
    @discardableResult
    mutating func put(_ value: Value, for key: Key) -> (key: Key, value: Value)? {
        let evicted = places[key] == nil && places.count >= limit ? removeOldest() : nil
        places[key] = Place(value: value, number: nextNumber)
        order.append((key, nextNumber))
        nextNumber += 1
        if order.count > 2 * limit { tidy() }
        return evicted
    }

    /// Gives what is there another value, and no other place.
    mutating func update(_ value: Value, for key: Key) { places[key]?.value = value }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? { places.removeValue(forKey: key)?.value }

    /// Takes out what was put in first.
    mutating func removeOldest() -> (key: Key, value: Value)? {
        while head < order.count {
            let (key, number) = order[head]
            head += 1
            guard let place = places[key], place.number == number else { continue }
            places[key] = nil
            return (key, place.value)
        }
        return nil
    }

    /// Forgets stale keys.
    private mutating func tidy() {
        order = order[head...].filter { places[$0.key]?.number == $0.number }
        head = 0
    }
}
