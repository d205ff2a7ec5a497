import Control
import Hummingbird
import NIOCore

/// What Hummingbird carries along with a request: here, the connection, to ask who is at its other end.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The peer as it was when it connected: unix(7), `SO_PEERCRED`.
    func owner() async throws(APIError) -> Owner {
        guard let socket = channel as? any SocketOptionProvider else {
            throw APIError(.internal, "the connection is no socket")
        }
        do {
            let peer: PeerCredentials = try await socket.unsafeGetSocketOption(
                level: .socket, name: .peerCredentials
            ).get()
            return Owner(uid: peer.uid, pid: peer.pid)
        } catch {
            throw APIError(.internal, "the kernel does not say who asks: \(error)")
        }
    }
}

/// `struct ucred` of <sys/socket.h>, which Glibc shows only to `_GNU_SOURCE`: three 32-bit fields.
private struct PeerCredentials: Sendable {
    var pid: Int32
    var uid: UInt32
    var gid: UInt32
}

extension NIOBSDSocket.Option {
    /// asm-generic/socket.h, as x86 and ARM have it.
    fileprivate static let peerCredentials = NIOBSDSocket.Option(rawValue: 17)
}
