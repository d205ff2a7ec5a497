import ArgumentParser
import Control

/// `brownout lift ID…|--all`: ends faults now.
struct Lift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift",
        abstract: "End armed faults now.",
        discussion: """
            When it returns, the next answer is clean. Never starts an agent. Whole ids (f1-kqx) are \
            found with the agents of other network namespaces too, short ones (f1) are those of this \
            one. --all is for all agents, unless --netns says which.

            Example:
              brownout lift f1 f2
              brownout lift --all
            """)

    @Argument(help: ArgumentHelp("Ids, as `status` shows them.", valueName: "id"))
    var ids: [String] = []

    @Flag(help: "End every fault, whoever armed it.")
    var all = false

    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if ids.isEmpty != all {
            throw ValidationError(
                all ? "--all ends every fault: give no ids with it" : "give ids, or --all")
        }
    }

    func run() async throws {
        var lifted: [ArmedFault] = []
        var failure: (any Error)?
        if all {
            let replies = try await agent.each { agent throws(AgentError) in
                try await agent.liftAll()
            }
            lifted = replies.found.flatMap(\.self)
            failure = replies.problems.first
        } else {
            let place = try await agent.place()
            let others = agent.netns == nil ? place.others(ordinary: agent.ordinary.socket) : []
            for id in ids {
                // One wrong id must not keep the others armed.
                do {
                    // Only a whole id is of one agent alone.
                    lifted.append(
                        try await Self.lift(id, place.client, id.contains("-") ? others : []))
                } catch {
                    failure = failure ?? error
                }
            }
        }
        if agent.json {
            try Console.print(try ControlJSON.text(lifted, pretty: true))
        } else {
            try Console.write(Self.text(lifted, all: all))
        }
        if let failure { throw failure }
    }

    private static func lift(
        _ id: String, _ agent: AgentClient, _ others: [AgentClient]
    ) async throws(AgentError) -> ArmedFault {
        let problem: AgentError
        do {
            return try await agent.lift(id)
        } catch {
            problem = error
        }
        switch problem {
        case .noAgent: break
        case .refused(let reply, _) where reply.code == .notFound: break
        default: throw problem
        }
        for other in others {
            if let lifted = try? await other.lift(id) { return lifted }
        }
        throw problem
    }

    static func text(_ lifted: [ArmedFault], all: Bool) -> String {
        if lifted.isEmpty { return all ? "nothing was armed\n" : "" }
        return lifted.map { fault in
            "lifted \(fault.id)  \(fault.name)  fired \(Numbers.grouped(fault.counts.fired))\n"
        }.joined()
    }
}
