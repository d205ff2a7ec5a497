import ArgumentParser

/// The exit codes of every command.
extension ExitCode {
    /// Usage, or a spec that does not load or is refused.
    static let usage = ExitCode(2)
    /// No agent answers, or a privilege is missing.
    static let noAgent = ExitCode(3)
    /// Stopped before its time; everything is lifted.
    static let interrupted = ExitCode(5)
    /// A bug (`EX_SOFTWARE`).
    static let internalError = ExitCode(70)
}
