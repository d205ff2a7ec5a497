import Lab
import SystemPackage

extension ListenError {
    /// For people.
    var line: String {
        "cannot listen on \(endpoint) (\(transport == .udp ? "UDP" : "TCP")): \(Errno(rawValue: errno))"
    }
}
