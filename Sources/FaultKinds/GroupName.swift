/// What the name of a control group says of who is in it.
public enum GroupName {
    /// `docker-<id>.scope`, `libpod-<id>.scope`, `cri-containerd-<id>.scope`, `crio-<id>.scope`, and
    /// with cgroupfs as the driver `<id>` or `libpod-<id>`. What follows podman's id is `conmon`'s, or
    /// a part of the container.
    ///
    /// - Parameter id: A container's id, or how it starts.
    public static func isContainer(_ name: String, _ id: String) -> Bool {
        if name.contains("conmon") { return false }
        var rest = Substring(name)
        if rest.hasSuffix(".scope") { rest = rest.dropLast(6) }
        if rest.hasPrefix(id) { return true }
        guard let dash = rest.lastIndex(of: "-") else { return false }
        return rest[rest.index(after: dash)...].hasPrefix(id)
    }
}
