import NIOCore
import NIOSSL

/// What a probe trusts, and the handlers that TLS needs.
struct TLSClient: Sendable {
    private let context: NIOSSLContext
    private let serverName: String?

    /// - Parameters:
    ///   - authority: A PEM file with the certificates to trust instead of the system's.
    ///   - insecure: Whether any certificate will do.
    init(
        serverName: String?, authority: String?, insecure: Bool, protocols: [String] = []
    ) throws(ProbeError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = protocols
        // The alert goes out, and the connection ends: to wait for the other end's (RFC 8446 section
        // 6.1) would be to read on from a server that never stops, long after its check is over.
        configuration.shutdownTimeout = .zero
        if insecure { configuration.certificateVerification = .none }
        if let authority {
            do {
                let certificates = try NIOSSLCertificate.fromPEMFile(authority)
                guard !certificates.isEmpty else {
                    throw ProbeError("the CA file \(authority) holds no certificate")
                }
                configuration.trustRoots = .certificates(certificates)
            } catch let error as ProbeError {
                throw error
            } catch {
                throw ProbeError("the CA file \(authority) cannot be read as PEM")
            }
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ProbeError("TLS cannot be set up: \(error)")
        }
        self.serverName = serverName
    }

    func handler() throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: serverName)
    }
}
