import ArgumentParser
import Control

/// `brownout status`: what the agent holds and has done.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the agent, its armed faults and what they have done.",
        discussion: """
            Without an agent nothing is armed: exit code 3. Never starts one.

            Example:
              brownout status
              brownout status --json | jq '.faults[].fired'
            """)

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        let status = try await agent.place().client.status()
        if agent.json {
            try Console.print(try ControlJSON.text(status, pretty: true))
        } else {
            try Console.write(StatusText(status, now: .now).text)
        }
    }
}
