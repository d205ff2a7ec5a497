import ArgumentParser
import Control

/// `brownout halt`: the red button.
struct Halt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "halt",
        abstract: "End every fault and refuse new ones until `resume`.",
        discussion: """
            Never starts an agent: without one nothing is armed, and exit code 3 says so. The \
            agents of other network namespaces are halted too, unless --netns says which.

            Example:
              brownout halt
            """)

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        let halted = try await agent.each { client throws(AgentError) in try await client.halt() }
        try Console.print(
            agent.json
                ? try ControlJSON.text(halted.found[0], pretty: true)
                : "halted\(Self.places(halted.found)): everything is lifted, new faults are refused "
                    + "until `brownout resume`")
        try halted.check()
    }

    /// The network namespaces that agents were told to enter.
    static func places(_ agents: [AgentStatus]) -> String {
        let names = agents.compactMap { $0.netns?.name }
        let isHere = names.count < agents.count
        guard !names.isEmpty else { return "" }
        return " " + ((isHere ? ["here"] : []) + names.map { "in \($0)" }).joined(separator: ", ")
    }
}

/// `brownout resume`: the agent takes faults again.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Take new faults again after `halt`.",
        discussion: """
            What `halt` lifted stays lifted. Never starts an agent. Without --netns it is for the \
            agents of all network namespaces, as `halt` is.

            Example:
              brownout resume
            """)

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        let resumed = try await agent.each { client throws(AgentError) in
            try await client.resume()
        }
        try Console.print(
            agent.json
                ? try ControlJSON.text(resumed.found[0], pretty: true)
                : "resumed\(Halt.places(resumed.found)): new faults are taken again")
        try resumed.check()
    }
}
