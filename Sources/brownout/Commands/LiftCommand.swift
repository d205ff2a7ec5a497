import ArgumentParser
import Control

/// `brownout lift ID…|--all`: ends faults now.
struct Lift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift",
        abstract: "End armed faults now.",
        discussion: """
            When it returns, the next answer is clean. Never starts an agent.

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
        let client = try await agent.place().client
        var lifted: [ArmedFault] = []
        var failure: (any Error)?
        if all {
            lifted = try await client.liftAll()
        } else {
            for id in ids {
                // One wrong id must not keep the others armed.
                do { lifted.append(try await client.lift(id)) } catch { failure = failure ?? error }
            }
        }
        if agent.json {
            try Console.print(try ControlJSON.text(lifted, pretty: true))
        } else {
            try Console.write(Self.text(lifted, all: all))
        }
        if let failure { throw failure }
    }

    static func text(_ lifted: [ArmedFault], all: Bool) -> String {
        if lifted.isEmpty { return all ? "nothing was armed\n" : "" }
        return lifted.map { fault in
            "lifted \(fault.id)  \(fault.name)  fired \(Numbers.grouped(fault.counts.fired))\n"
        }.joined()
    }
}
