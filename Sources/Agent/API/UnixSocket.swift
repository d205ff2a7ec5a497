import FoundationEssentials
import NIOCore
import NIOPosix
import SystemPackage

/// The path that the API listens on.
struct UnixSocket: Sendable {
    var path: String

    /// Whether a group may use it besides root: the process's own, which then is `brownout`.
    var shared: Bool

    /// rw-rw----, or rw------- where there is no group to share it with.
    var permissions: Int { shared ? 0o660 : 0o600 }

    enum Problem: Error, Equatable, CustomStringConvertible {
        case taken(String)
        case notASocket(String)
        case unusable(String, String)

        var description: String {
            switch self {
            case .taken(let path): "another agent answers on \(path)"
            case .notASocket(let path): "\(path) is there and is no socket; it is left alone"
            case .unusable(let path, let problem): "\(path): \(problem)"
            }
        }
    }

    /// Makes sure that the path may be bound: it is free, or the socket of a dead agent (which the
    /// bind then replaces).
    func claim(on group: any EventLoopGroup) async throws(Problem) {
        do {
            let channel = try await ClientBootstrap(group: group)
                .connect(unixDomainSocketPath: path).get()
            try? await channel.close()
            throw Problem.taken(path)
        } catch let problem as Problem {
            throw problem
        } catch let error as IOError where error.errnoCode == ENOENT {
            let folder = FilePath(path).removingLastComponent()
            guard folder.isEmpty || FileManager.default.fileExists(atPath: folder.string) else {
                throw .unusable(path, "the folder \(folder) is not there")
            }
        } catch let error as IOError where error.errnoCode == ECONNREFUSED {
            // Also what connecting to a plain file says.
            let type =
                try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            guard type == .typeSocket else { throw .notASocket(path) }
        } catch let error as IOError {
            throw .unusable(path, error.description)
        } catch is SocketAddressError {
            throw .unusable(path, "too long for a unix socket (107 bytes)")
        } catch {
            throw .unusable(path, "\(error)")
        }
    }

    /// To be called once it listens: the umask that it was bound under may have been any.
    func restrict() throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: permissions], ofItemAtPath: path)
    }

    /// Takes the name away, so that who comes now sees that no agent is there.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
