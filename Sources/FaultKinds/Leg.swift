/// Where on its way an answer is changed, on a host with a local cache.
///
/// Such a host sees each answer twice: from the upstream server to the cache, and from the cache to
/// the client.
public enum Leg: String, CaseIterable, Sendable {
    /// Once: on loopback if the host's resolver is a loopback address, else wherever the answer
    /// arrives. Answers that are forwarded to containers and VMs never pass the host's own cache, so
    /// they count as well.
    case auto
    /// Only between the upstream server and this host: poisons the local cache, as the incident did.
    case wire
    /// Only between the local cache and its clients: spares the cache.
    case loopback
    /// Both.
    case any
}

/// The way one answer took.
public enum Path: Equatable, Sendable {
    /// From a loopback address, or from the host's configured resolver over loopback.
    case loopback
    /// From another host to this one.
    case wire
    /// From another host, through this one, to a container or VM.
    case forwarded
}

extension Leg {
    /// Whether a fault with this leg acts on an answer that came by `path`.
    public func includes(_ path: Path, resolverIsLoopback: Bool) -> Bool {
        switch self {
        case .any: true
        case .wire: path != .loopback
        case .loopback: path == .loopback
        case .auto: path == .forwarded || !resolverIsLoopback || path == .loopback
        }
    }
}
