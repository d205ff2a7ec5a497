import Glibc
import SystemPackage

/// Standard output and standard error, unbuffered.
enum Console {
    /// Writes a text and a newline to standard output.
    static func print(_ text: String) throws(ClientError) {
        try write(text + "\n")
    }

    /// Writes a text as it is to standard output.
    static func write(_ text: String) throws(ClientError) { try write(text.utf8) }

    static func write(_ bytes: some Sequence<UInt8>) throws(ClientError) {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch {
            throw .outputClosed
        }
    }

    /// One line on standard error, `brownout: ` before it.
    static func complain(_ line: String) {
        // Where standard error is closed there is nobody left to tell.
        _ = try? FileDescriptor.standardError.writeAll("brownout: \(line)\n".utf8)
    }
}
