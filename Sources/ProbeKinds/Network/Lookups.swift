import NIOCore
import NIOPosix
import Synchronization

/// Names to addresses as programs have them: `getaddrinfo` with all that the host configures.
///
/// It blocks for as long as the resolver likes and cannot be cancelled. So each lookup has a thread
/// to itself, and a name may hold only a few of them: while those hang, others that ask for it wait
/// for the youngest. A name that hangs hence starves nobody but those who ask for it.
final class Lookups: Sendable {
    typealias Lookup =
        @Sendable (_ host: String, _ lane: any EventLoop) -> EventLoopFuture<
            [SocketAddress]
        >

    /// How many lookups of one name may be under way at a time.
    static let perName = 4
    /// How many at all: a lane is two threads.
    static let mostLanes = 1024

    static let shared = Lookups(lookup: Lookups.system)

    private struct State {
        var idle: [any EventLoopGroup] = []
        var lanes = 0
        var underWay: [String: [EventLoopFuture<[SocketAddress]>]] = [:]
    }

    private let state = Mutex(State())
    private let lookup: Lookup

    init(lookup: @escaping Lookup) { self.lookup = lookup }

    /// Every address of a name, with port 0, in the order in which programs should try them.
    func addresses(of host: String) -> EventLoopFuture<[SocketAddress]> {
        let (lane, youngest) = state.withLock {
            state -> ((any EventLoopGroup)?, EventLoopFuture<[SocketAddress]>?) in
            let same = state.underWay[host] ?? []
            if same.count >= Self.perName { return (nil, same.last) }
            if let idle = state.idle.popLast() { return (idle, nil) }
            guard state.lanes < Self.mostLanes else { return (nil, same.last) }
            state.lanes += 1
            return (MultiThreadedEventLoopGroup(numberOfThreads: 1), nil)
        }
        if let youngest { return youngest }
        guard let lane else {
            return MultiThreadedEventLoopGroup.singleton.next()
                .makeFailedFuture(TooManyLookups())
        }
        let loop = lane.next()
        let promise = loop.makePromise(of: [SocketAddress].self)
        let future = promise.futureResult
        state.withLock { $0.underWay[host, default: []].append(future) }
        // Known as under way before it can end, or it would stay so for ever.
        future.whenComplete { [self] _ in
            state.withLock { state in
                state.idle.append(lane)
                let rest = state.underWay[host]?.filter { $0 != future } ?? []
                state.underWay[host] = rest.isEmpty ? nil : rest
            }
        }
        lookup(host, loop).cascade(to: promise)
        return future
    }

    /// NIO offers `getaddrinfo` only as the first half of a connection: what is under way here stops
    /// at each address before a packet leaves, and the error lists the addresses.
    static let system: Lookup = { host, lane in
        ClientBootstrap(group: lane)
            .channelInitializer { $0.eventLoop.makeFailedFuture(OnlyLooking()) }
            .connectTimeout(.hours(1))
            .connect(host: host, port: 0)
            .map { _ in [] }
            .flatMapErrorThrowing { error in
                guard let error = error as? NIOConnectionError else { throw error }
                if let problem = error.dnsAError ?? error.dnsAAAAError { throw problem }
                return error.connectionErrors.map(\.target)
            }
    }
}

private struct OnlyLooking: Error {}

/// More lookups hang than there may be threads.
struct TooManyLookups: Error {}

/// Addresses that are known already, for NIO to try in parallel as RFC 8305 has it.
struct KnownAddresses: Resolver, Sendable {
    let v4: EventLoopFuture<[SocketAddress]>
    let v6: EventLoopFuture<[SocketAddress]>

    init(_ addresses: [SocketAddress], on loop: any EventLoop) {
        v4 = loop.makeSucceededFuture(addresses.filter { $0.protocol == .inet })
        v6 = loop.makeSucceededFuture(addresses.filter { $0.protocol == .inet6 })
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { v4 }
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { v6 }
    func cancelQueries() {}
}
