import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Why a check failed, in words that stay the same for the same cause, so that results can be
/// counted by them.
enum Reason {
    static let timedOut = "timed out"
    static let endedEarly = "the answer ended early"
    static let noAnswer = "closed without an answer"
    static let notTrusted = "the certificate is not trusted"

    static func of(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let cause = error.dnsAError ?? error.dnsAAAAError { return of(cause) }
            return error.connectionErrors.first.map { of($0.error) } ?? "no such host"
        case let error as SocketAddressError.UnknownHost: return lookup(code: error.errorCode)
        case let error as IOError: return system(errno: error.errnoCode)
        case let error as ChannelError:
            if case .connectTimeout = error { return timedOut }
            return "the connection was closed"
        case let error as HTTPParserError:
            return switch error {
            case .invalidEOFState: endedEarly
            case .headerOverflow: "the head of the answer is too large"
            default: "the answer is not HTTP"
            }
        case let error as NIOSSLError: return tls(error)
        case let error as BoringSSLError: return tls(error)
        case let error as NIOSSLExtraError:
            return error == .failedToValidateHostname
                ? "the certificate is for another name" : "TLS failed"
        case is NIOSSLCloseTimedOutError: return endedEarly
        case is TooManyLookups: return "too many names hang"
        default: return "\(type(of: error))"
        }
    }

    private static func lookup(code: Int) -> String {
        switch Int32(code) {
        // EAI_NODATA, which glibc still returns for a name without addresses.
        case EAI_NONAME, -5: "no such host"
        case EAI_AGAIN: "the name could not be looked up, try again"
        default: "the name could not be looked up"
        }
    }

    private static func system(errno: CInt) -> String {
        switch errno {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET: "connection reset"
        case EPIPE: "the connection was closed"
        case ETIMEDOUT: timedOut
        case EHOSTUNREACH: "no route to host"
        case ENETUNREACH: "network unreachable"
        case EADDRNOTAVAIL: "no local port left"
        case EMFILE, ENFILE: "too many open files"
        case EACCES, EPERM: "not permitted"
        default: "error \(errno) of the system"
        }
    }

    private static func tls(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let cause): tls(cause)
        case .uncleanShutdown: endedEarly
        case .unableToValidateCertificate, .noCertificateToValidate: notTrusted
        default: "TLS failed"
        }
    }

    private static func tls(_ error: BoringSSLError) -> String {
        guard case .sslError(let stack) = error else { return "TLS: the handshake failed" }
        let text = stack.map(\.description).joined(separator: " ")
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return notTrusted }
        if text.contains("EOF") { return "closed during the TLS handshake" }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return "the answer is not TLS"
        }
        return "TLS: the handshake failed"
    }
}
