/// What the kernel has to know of a connection before the packet is let go that told it.
struct HeardConnection: Equatable, Sendable {
    enum Told: Equatable, Sendable {
        /// Nothing that was told of these ends holds any more.
        case forgotten
        /// Its next packet is to be looked at; what it is stays.
        case unread
        case meant
        /// It is meant, and its client has sent the last of it.
        case ending
        case spared
    }

    /// The fault's.
    var number: Int
    /// As the client sends.
    var key: StreamKey
    var told: Told
}
