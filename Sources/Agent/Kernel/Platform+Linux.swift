import FoundationEssentials
import NIOCore
import Netfilter
import Synchronization
import Wire

extension Platform {
    /// A Linux host: its kernel, its fault files, its service manager.
    public static let linux = Platform(
        spec: .faults,
        open: { (options, protected) throws(DataPathError) in
            // While privileges are there; delays are as exact without it where there is time.
            RealtimeTurn.allow()
            let opened = Opened(try KernelSockets(firstQueue: options.queue))
            return OpenedPath { () throws(DataPathError) in
                guard let sockets = opened.take() else {
                    throw .kernel("the packet loop was started already")
                }
                return try KernelDataPath(
                    sockets, protected: protected, readResolvers: HostResolvers.read)
            }
        },
        dropPrivileges: { () throws(DataPathError) in
            do throws(NetlinkError) {
                try Privileges.dropAll(keeping: [.netAdmin])
            } catch {
                throw DataPathError(error)
            }
        },
        notify: { _ = ServiceManager.notify($0) })
}

/// Sockets on their way from the thread that opened them to the loop.
private final class Opened: Sendable {
    private let sockets: Mutex<KernelSockets?>

    init(_ sockets: consuming KernelSockets) {
        self.sockets = Mutex(sockets)
    }

    func take() -> KernelSockets? {
        sockets.withLock { $0.take() }
    }
}

extension HostResolvers {
    /// resolv.conf(5) of this host; a host without one asks itself.
    static func read() -> HostResolvers {
        let data = (try? Data(contentsOf: URL(filePath: "/etc/resolv.conf"))) ?? Data()
        let devices = (try? System.enumerateDevices()) ?? []
        return HostResolvers(
            resolvConf: String(decoding: data, as: UTF8.self),
            hostAddresses: devices.compactMap { device in
                device.address?.ipAddress.flatMap { IPAddress(String($0.prefix { $0 != "%" })) }
            })
    }
}
