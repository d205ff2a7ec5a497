import ArgumentParser
import Control

/// `brownout status`: what the agent holds and has done.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the agent, its armed faults and what they have done.",
        discussion: """
            Without an agent nothing is armed: exit code 3. Never starts one. Agents of other \
            network namespaces have a line each.

            Example:
              brownout status
              brownout status --json | jq '.faults[].fired'
            """)

    @OptionGroup var agent: AgentOptions

    func run() async throws {
        let place = try await agent.place()
        let client = place.client
        guard !agent.json else {
            return try Console.print(
                try ControlJSON.text(await client.status(), pretty: true))
        }
        let others = await others(place)
        do {
            try Console.write(StatusText(try await client.status(), now: .now).text + others)
        } catch {
            if !others.isEmpty { try Console.write(others) }
            throw error
        }
    }

    /// A line for each agent of another network namespace, so that none is overlooked.
    private func others(_ place: AgentPlace) async -> String {
        guard agent.netns == nil else { return "" }
        var lines = ""
        for client in place.others(ordinary: agent.ordinary.socket) {
            guard let status = try? await client.status() else { continue }
            lines += StatusText.line(ofOther: status, socket: client.socket)
        }
        return lines
    }
}
