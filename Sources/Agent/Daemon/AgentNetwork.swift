public import Control
import FaultKinds
import Glibc
import Netfilter

/// The network namespace that an agent acts in, and the files of the programs there.
public struct AgentNetwork: Sendable {
    public var status: AgentStatus.Network
    var files: NamespaceFiles

    /// Where its API is, unless told otherwise.
    public var socket: String {
        status.name == nil
            ? AgentClient.defaultSocket
            : AgentClient.socket(AgentClient.defaultSocket, ofNetwork: status.inode)
    }

    /// Moves this process into the namespace of that name or path (nil: it stays in its own). To be
    /// called before anything is opened or started: all of it then belongs to that namespace.
    ///
    /// - Parameter root: The root folder of the programs there, such as /proc/PID/root; nil: their
    ///   files are those that ip-netns(8) shows.
    public static func enter(
        _ text: String?, root: String?
    ) throws(DaemonFailure) -> AgentNetwork {
        let network = NetworkName(text ?? "/proc/self/ns/net")
        let status = AgentStatus.Network(inode: try enter(network), name: text)
        guard let root else { return AgentNetwork(status: status, files: .named(network)) }
        do throws(NetlinkError) {
            return AgentNetwork(status: status, files: .below(try RootFolder(root)))
        } catch {
            throw DaemonFailure(
                error.isForbidden ? .unavailable : .usage, "--root: \(error.words)")
        }
    }

    private static func enter(_ name: NetworkName) throws(DaemonFailure) -> UInt64 {
        var missing: NetlinkError?
        for path in name.paths {
            do throws(NetlinkError) {
                return try NetworkNamespace.enter(path).inode
            } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
                missing = missing ?? error
            } catch  where error.errno == EINVAL {
                throw DaemonFailure(.usage, "--netns: \(path) is no network namespace")
            } catch  where error.isForbidden {
                throw DaemonFailure(
                    .unavailable,
                    "--netns: entering \(name.text) needs CAP_SYS_ADMIN (\(error.words))")
            } catch {
                throw DaemonFailure(.unavailable, "--netns: \(error)")
            }
        }
        throw DaemonFailure(
            .usage, "--netns: there is no network namespace \(name.text): no \(name.paths[0])")
    }
}

extension NetlinkError {
    fileprivate var isForbidden: Bool { errno == EPERM || errno == EACCES }

    /// Without advice on what else the call needs.
    fileprivate var words: String {
        var plain = self
        plain.reason = .other
        return "\(plain)"
    }
}
