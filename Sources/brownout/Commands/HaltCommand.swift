import ArgumentParser
import Control

/// `brownout halt`: the red button.
struct Halt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "halt",
        abstract: "End every fault and refuse new ones until `resume`.",
        discussion: """
            Never starts an agent: without one nothing is armed, and exit code 3 says so.

            Example:
              brownout halt
            """)

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        let status = try await agent.place().client.halt()
        try Console.print(
            agent.json
                ? try ControlJSON.text(status, pretty: true)
                : "halted: everything is lifted, new faults are refused until `brownout resume`")
    }
}

/// `brownout resume`: the agent takes faults again.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Take new faults again after `halt`.",
        discussion: """
            What `halt` lifted stays lifted. Never starts an agent.

            Example:
              brownout resume
            """)

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        let status = try await agent.place().client.resume()
        try Console.print(
            agent.json
                ? try ControlJSON.text(status, pretty: true) : "resumed: new faults are taken again"
        )
    }
}
