import NIOCore
import Netfilter
import Synchronization
import Wire

extension Platform {
    /// A Linux host: its kernel, its fault files, its service manager.
    ///
    /// - Parameter network: The namespace that this process is in, and whose files count there.
    public static func linux(_ network: AgentNetwork) -> Platform {
        let files = network.files
        return Platform(
            spec: .faults(of: files),
            open: { (options, protected) throws(DataPathError) in
                // While privileges are there; delays are as exact without it where there is time.
                RealtimeTurn.allow()
                let opened = Opened(try KernelSockets(firstQueue: options.queue))
                return OpenedPath { () throws(DataPathError) in
                    guard let sockets = opened.take() else {
                        throw .kernel("the packet loop was started already")
                    }
                    return try KernelDataPath(
                        sockets, protected: protected, readResolvers: { HostResolvers.read(files) },
                        hosts: files)
                }
            },
            dropPrivileges: { () throws(DataPathError) in
                do throws(NetlinkError) {
                    try Privileges.dropAll(keeping: [.netAdmin])
                } catch {
                    throw DataPathError(error)
                }
            },
            notify: { _ = ServiceManager.notify($0) }, network: network)
    }
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
    /// resolv.conf(5) of the programs meant; who has none asks their own host.
    static func read(_ files: NamespaceFiles) -> HostResolvers {
        let devices = (try? System.enumerateDevices()) ?? []
        return HostResolvers(
            resolvConf: files.read("/etc/resolv.conf") ?? "",
            hostAddresses: devices.compactMap { device in
                device.address?.ipAddress.flatMap { IPAddress(String($0.prefix { $0 != "%" })) }
            })
    }
}
