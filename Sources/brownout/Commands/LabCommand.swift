import ArgumentParser
import Lab
import UnixSignals
import Wire

/// `brownout lab`: the embedded staging environment, for demos, tests and learning.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "A small cloud to practise on: the names of two AWS regions.",
        discussion: """
            A private network with DNS, endpoints of two regions, a load balancer, and `orders`, a \
            service on them with habits that can be turned off. It needs no root and leaves \
            nothing behind.

            Example:
              brownout lab run
              brownout lab run -- dig dynamodb.us-east-1.amazonaws.com
              brownout lab run --careless breaker -- curl -s http://127.0.0.1:8080/status
            """,
        subcommands: [LabUp.self, LabRun.self, LabDNS.self, LabInside.self])
}

/// `brownout lab dns`: serves the lab's zones until it is told to stop.
struct LabDNS: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns",
        abstract: "Serve the lab's DNS zones over UDP and TCP until Ctrl-C.",
        discussion: """
            The zones hold the amazonaws.com names of us-east-1 and us-west-2 with their chains of \
            CNAMEs, and example.com names that lead to them. Addresses are private or reserved for \
            documentation.

            Example:
              unshare --user --map-root-user --net sh -c \\
                'ip link set lo up; brownout lab dns & sleep 1; \\
                 dig @127.0.0.1 dynamodb.us-east-1.amazonaws.com'
            """)

    @Option(
        name: .customLong("listen"), parsing: .singleValue,
        help: ArgumentHelp(
            "Where to listen; may be repeated. (default: \(LabDNSServer.defaultEndpoint))",
            valueName: "address[:port]"),
        transform: { text in
            guard let endpoint = Endpoint(listening: text) else {
                throw ValidationError(
                    "\"\(text)\" is no ADDRESS[:PORT]; write 127.0.0.1:53 or [::1]:53")
            }
            return endpoint
        })
    var listen: [Endpoint] = []

    func run() async throws {
        let server = LabDNSServer(zones: try .lab())
        let endpoints = listen.isEmpty ? [LabDNSServer.defaultEndpoint] : listen
        do {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await server.run(listen: endpoints) { bound in
                        for endpoint in bound { try? Console.print("listening on \(endpoint)") }
                    }
                }
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
                }
                // Whichever is first: a signal, or a server that cannot go on.
                try await group.next()
                group.cancelAll()
            }
        } catch let error as ListenError {
            throw ClientError.usage(error.line)
        }
    }
}
