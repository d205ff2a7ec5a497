import Foundation
import Lab
import Testing
import Wire

/// dig as a client: what a person sees.
@Suite(.timeLimit(.minutes(1)))
struct DigTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var id: String
        var arguments: [String]
        var shows: [String]

        var testDescription: String { id }
    }

    static let cases = [
        Case(
            id: "an answer", arguments: ["orders.example.com", "+qr"],
            shows: ["status: NOERROR", "flags: qr aa rd ra; QUERY: 1, ANSWER: 6", "10.1.20.10"]),
        Case(
            id: "TCP, kept open",
            arguments: ["+tcp", "+keepopen", "iam.amazonaws.com", "s3.amazonaws.com"],
            shows: ["10.1.23.10", "10.1.21.210"]),
        Case(
            id: "HTTPS", arguments: ["shop.example", "HTTPS"],
            shows: ["alpn=\"h2\" ipv4hint=192.0.2.10,192.0.2.20"]),
        Case(
            id: "TC", arguments: ["+ignore", "many.example.com"], shows: ["flags: qr aa tc rd ra"]),
        Case(id: "then TCP", arguments: ["many.example.com"], shows: ["ANSWER: 100"]),
        Case(id: "a transfer", arguments: ["AXFR", "example.com"], shows: ["Transfer failed"]),
        Case(
            id: "DNSSEC", arguments: ["+dnssec", "v4.example.com"], shows: ["flags: do; udp: 1232"]),
        Case(
            id: "a version", arguments: ["+edns=1", "+noednsneg", "v4.example.com"],
            shows: ["BADVERS"]),
        Case(id: "a cookie", arguments: ["+cookie", "v4.example.com"], shows: ["198.51.100.20"]),
    ]

    @Test(arguments: cases)
    func shows(_ expected: Case) async throws {
        try await withServer { endpoints in
            let endpoint = try #require(endpoints.first)
            let text = try await dig(expected.arguments, at: endpoint)
            for part in expected.shows { #expect(text.contains(part), "\(text)") }
            #expect(!text.contains("WARNING"), "\(text)")
            #expect(!text.contains("malformed"), "\(text)")
        }
    }

    private func dig(_ arguments: [String], at endpoint: Endpoint) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["dig", "+time=5", "+tries=1", "-p", "\(endpoint.port)", "@\(endpoint.address)"]
            + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        // On a thread of its own: the server under test needs those of the pool.
        let text = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let octets = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                continuation.resume(returning: String(decoding: octets, as: UTF8.self))
            }
        }
        #expect(process.terminationStatus != 127, "dig is missing (Debian: dnsutils)")
        return text
    }
}
