/// The version of client and agent, which are built and shipped together.
enum Version {
    static let text = "0.1.0"
}
