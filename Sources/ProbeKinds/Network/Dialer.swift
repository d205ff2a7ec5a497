import NIOCore
import NIOPosix

/// How probes connect: to an address at once, to a name by way of `Lookups`.
struct Dialer: Sendable {
    var target: HostPort
    /// The address, where no name has to be looked up.
    private let address: SocketAddress?
    private let lookups: Lookups
    private let isObserver: Bool

    init(
        _ target: HostPort, lookups: Lookups = .shared, observing isObserver: Bool = false
    ) throws(ProbeError) {
        if isObserver { try ObserverMark.check() }
        self.isObserver = isObserver
        self.target = target
        address = try? SocketAddress(ipAddress: target.host, port: target.port)
        self.lookups = lookups
    }

    /// What a certificate has to name; nil for addresses, which have no SNI (RFC 6066 section 3).
    var serverName: String? { address == nil ? target.host : nil }

    /// Connects. It takes as long as it takes: whoever waits closes the channels that `initialize`
    /// was given when time is up.
    func connect(
        on loop: any EventLoop,
        initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        if let address { return bootstrap(loop, initialize).connect(to: address) }
        let target = target
        return lookups.addresses(of: target.host).hop(to: loop).flatMap { addresses in
            var addresses = addresses
            for index in addresses.indices { addresses[index].port = target.port }
            let bootstrap = bootstrap(loop, initialize)
            if addresses.count == 1, let only = addresses.first {
                return bootstrap.connect(to: only)
            }
            return bootstrap.resolver(KnownAddresses(addresses, on: loop))
                .connect(host: target.host, port: target.port)
        }
    }

    private func bootstrap(
        _ loop: any EventLoop,
        _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> ClientBootstrap {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.hours(1))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer(initialize)
        return isObserver
            ? bootstrap.channelOption(ObserverMark.option, value: ObserverMark.value) : bootstrap
    }
}
