/// Why the lab cannot run.
public enum LabError: Error, Equatable, Sendable {
    /// `errno` as `bind` left it.
    case cannotListen(_ what: String, _ address: String, errno: CInt)
    /// The lab's addresses are not local here: this is somebody's real network.
    case notItsNetwork
    /// The zones of the lab do not make sense: a defect.
    case zones(String)
}
