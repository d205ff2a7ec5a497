/// What is known of connections by what their clients send: the sets `netNread*` and `netNmeant*`.
///
/// They have no size of their own: the kernel would claim room for all of it when a fault is armed. Whoever
/// notes says `.unread` or `.forgotten` of a connection that is to make room, and so keeps to a number.
/// Times are the second bound: what nobody notes again goes by itself.
extension OwnerTable {
    public struct HeardConnection: Sendable {
        public enum Told: Equatable, Sendable {
            /// Nothing that was told of these ends holds any more.
            case forgotten
            /// Its packets go to the queue for greetings again; whether it is meant stays.
            case unread
            case meant
            /// It is meant, and on its way to its end.
            case ending
            case spared
        }

        /// The fault's number.
        public var fault: Int
        /// Where its client is, and its server: 4 or 16 octets each.
        public var source: (address: [UInt8], port: UInt16)
        public var destination: (address: [UInt8], port: UInt16)
        public var told: Told

        public init(
            fault: Int, source: (address: [UInt8], port: UInt16),
            destination: (address: [UInt8], port: UInt16), told: Told
        ) {
            self.fault = fault
            self.source = source
            self.destination = destination
            self.told = told
        }

        /// As registers hold it: each port fills one of 4 octets.
        fileprivate var key: [UInt8] {
            source.address + destination.address + source.port.octets + [0, 0]
                + destination.port.octets + [0, 0]
        }
    }

    /// How long what is noted holds, from then on.
    public struct HeardLives: Sendable {
        /// Its packets do not go to the queue for greetings.
        public var read: Duration
        /// It is meant; longer than `read`, so that the queue sees it before it is forgotten.
        public var meant: Duration
        /// The same when it is ending.
        public var ending: Duration

        public init(read: Duration, meant: Duration, ending: Duration) {
            self.read = read
            self.meant = meant
            self.ending = ending
        }
    }

    /// Notes what is known of connections; those of faults that are not there are skipped.
    public mutating func note(
        _ heard: [HeardConnection], for lives: HeardLives
    ) throws(NetlinkError) {
        var batch = Batch(sequence: sequence)
        var isEmpty = true
        for one in heard {
            guard connections.contains(where: { $0.number == one.fault && $0.readsGreetings })
            else { continue }
            isEmpty = false
            let names = ConnectionMessages.Names(one.fault)
            let isV4 = one.source.address.count == 4
            let (read, meant) = (names.read(isV4: isV4), names.meant(isV4: isV4))
            switch one.told {
            case .forgotten:
                batch.replaceElement(Self.name, read, one.key, timeout: nil)
                batch.replaceElement(Self.name, meant, one.key, timeout: nil)
            case .unread:
                batch.replaceElement(Self.name, read, one.key, timeout: nil)
            case .meant:
                batch.replaceElement(Self.name, meant, one.key, timeout: lives.meant)
                batch.addElements(Self.name, read, [(key: one.key, timeout: lives.read)])
            case .ending:
                batch.replaceElement(Self.name, meant, one.key, timeout: lives.ending)
            case .spared:
                batch.addElements(Self.name, read, [(key: one.key, timeout: lives.read)])
            }
        }
        if isEmpty { return }
        try send(batch)
    }
}
