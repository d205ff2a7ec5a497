import ArgumentParser
import Lab
import NIOCore
import NIOPosix
import SystemPackage
import UnixSignals

/// `brownout lab up`: the whole lab, in the network that it is started in.
struct LabUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run the whole lab until Ctrl-C: DNS, two regions, a load balancer, a service.",
        discussion: """
            It listens on 127.0.0.1:53, on port 80 of every address of its zones, on \
            127.0.0.1:8080 (`orders`, the service under test: /orders/1, /healthz, /status) and on \
            127.0.0.1:8099 (what the endpoints saw: /lab, /metrics), and on port 8090 (its new \
            instances, targets of the load balancer after a POST to /lab/register). So it is for a \
            network of its own, where 10.0.0.0/8, 2001:db8::/32, 169.254.169.254 and \
            fd00:ec2::254 (the instance metadata service) are local: `brownout lab run` makes one.

            `orders` writes with a session of STS, and reads with the credentials that the instance \
            metadata service gives it, which live an eighth of --token-life.

            `orders` is written the way the write-ups of the incident advise. Habits that \
            --careless turns off, and what is done then:
            \(Habit.allCases.map { "  \($0.rawValue): \($0.carelessly)" }.joined(separator: "\n"))

            Example:
              brownout lab run -- brownout dns empty dynamodb.us-east-1.amazonaws.com
              brownout lab run --careless cached-reads,read-failover
            """)

    @OptionGroup var options: LabOptions

    @Flag(help: ArgumentHelp("End when standard input does.", visibility: .hidden))
    var untilEof = false

    func run() async throws {
        let environment = try options.environment
        do {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await environment.run { try? Console.print("ready") }
                }
                // Told to end, by a signal or the end of input, it does so at once: it keeps nothing that
                // would be worth the wait for its last connections.
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                        Self.exit()
                    }
                }
                if untilEof {
                    group.addTask {
                        await Self.endOfInput()
                        Self.exit()
                    }
                }
                try await group.next()
                group.cancelAll()
            }
        } catch LabError.notItsNetwork {
            throw ClientError.noPlace(
                "10.0.0.0/8 and 169.254.169.254 are not local here: `brownout lab run` makes a network for the lab"
            )
        } catch let error as LabError {
            throw ClientError.usage(Self.line(error))
        } catch let error as ListenError {
            throw ClientError.usage(error.line)
        }
    }

    private static func line(_ error: LabError) -> String {
        switch error {
        case .cannotListen(let what, let address, let errno):
            "\(what): cannot listen on \(address): \(Errno(rawValue: errno))"
        case .notItsNetwork: "not in its own network"
        case .zones(let problem): "the lab's zones: \(problem)"
        }
    }

    private static func endOfInput() async {
        let channel = try? await NIOPipeBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .takingOwnershipOfDescriptor(input: FileDescriptor.standardInput.rawValue) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
                }
            }
        try? await channel?.executeThenClose { inbound in
            for try await _ in inbound {}
        }
    }
}
