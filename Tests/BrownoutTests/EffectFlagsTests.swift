import ArgumentParser
import FaultKinds
import Spec
import Testing

@testable import brownout

@Suite struct EffectFlagsTests {
    static let names = EffectCatalogue.all.map { $0.name }

    /// A command's own flags, as its help lists them.
    private func flags(_ name: String) throws -> Set<String> {
        let command = try #require(
            DNSCommand.configuration.subcommands.first { $0._commandName == name })
        let help = command.helpMessage(includeHidden: true, columns: 200)
        let words = help.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("--") }
        return Set(words.map { String($0.dropFirst(2).prefix { $0 == "-" || $0.isLetter }) })
    }

    @Test func thereIsACommandForEveryEffect() {
        #expect(DNSCommand.configuration.subcommands.map { $0._commandName } == Self.names)
    }

    @Test(arguments: names)
    func helpListsTheKeysAndNoOtherEffects(name: String) throws {
        let own = Set(try #require(EffectCatalogue.effect(named: name)).schema.keys.map(\.name))
        let found = try flags(name)
        #expect(found.isSuperset(of: own))
        let others = Set(EffectCatalogue.all.flatMap { $0.schema.keys.map(\.name) })
        #expect(found.isDisjoint(with: others.subtracting(own)))
    }

    /// A new effect must not take the name of a flag that all effects have.
    @Test func keysDoNotCollideWithCommonFlags() throws {
        let servFail = try flags("servfail")
        for effect in EffectCatalogue.all {
            #expect(servFail.isDisjoint(with: effect.schema.keys.map(\.name)), "\(effect.name)")
        }
    }

    @Test(arguments: [CompletionShell.bash, .zsh, .fish])
    func completionKnowsTheKeys(shell: CompletionShell) {
        let script = Brownout.completionScript(for: shell)
        for word in ["distribution", "rotate", "pareto", "dynamodb-empty", "loopback"] {
            #expect(script.contains(word), "\(word)")
        }
    }

    @Test func givenHoldsWhatWasTyped() throws {
        let command = try #require(
            try Brownout.parseAsRoot([
                "dns", "delay", "a.test", "--by", "300ms", "--jitter=50ms", "--seed", "7",
            ]) as? EffectCommand<Delay>)
        #expect(
            command.effect.given == [
                .init(key: "by", text: "300ms", isList: false),
                .init(key: "jitter", text: "50ms", isList: false),
            ])
        #expect(command.names == ["a.test"])
        #expect(command.fault.seed == "7")
    }
}
