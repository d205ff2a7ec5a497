import Control
import GameDaySamples
import Testing

@testable import GameDay

/// What a run tells is without the values of variables that are named like secrets.
@Suite struct SecretsTests {
    @Test(
        arguments: [
            ("TOKEN", true), ("API_TOKEN", true), ("DB_PASSWORD", true), ("password", true),
            ("DB_PASS", true), ("AWS_SECRET_ACCESS_KEY", true), ("SSHKEY", true),
            ("KEY", true), ("API_KEY_2", true), ("PWD", true), ("SERVICE", false),
            ("KEYSPACE", false), ("PASSENGERS", false), ("NAME", false),
        ])
    func isSecretByItsName(_ name: String, _ isSecret: Bool) {
        #expect(Secrets.isSecret(name) == isSecret)
    }

    private func secrets(_ values: (String, String)...) -> Secrets {
        Secrets(values.map { GameDay.Variable(name: $0.0, value: $0.1) })
    }

    @Test func aLongerOneIsNotCutByAShorter() {
        let both = secrets(("TOKEN", "abcd"), ("KEY", "abcdef"), ("NAME", "shop"))
        #expect(both.masked("x abcdef y abcd z shop") == "x (not shown) y (not shown) z shop")
    }

    /// One that is a letter would hide every word.
    @Test func aShortOneIsHiddenWhereItIsGiven() {
        var header = SyntheticRun(.held).journal().run
        header.variables = ["TOKEN": "x", "NAME": "x"]
        let masked = secrets(("TOKEN", "x")).masked(header)
        #expect(masked.variables == ["TOKEN": "(not shown)", "NAME": "x"])
        #expect(masked.title == header.title)
    }

    /// Every text of every event and of the header, so that none is forgotten.
    @Test func nothingKeepsIt() throws {
        let secret = "s3cr3t!"
        let secrets = secrets(("TOKEN", secret))
        var run = SyntheticRun(.failed)
        run.poison = secret
        let journal = run.journal()
        let plain = try ControlJSON.text(journal)
        #expect(plain.contains(secret))
        var masked = journal
        masked.run = secrets.masked(masked.run)
        masked.events = masked.events.map { secrets.masked($0) }
        masked.verdict = masked.verdict.map { secrets.masked($0) }
        var seen = 0
        for (event, before) in zip(masked.events, journal.events) {
            if try ControlJSON.text(before).contains(secret) { seen += 1 }
            switch event.kind {
            case .result(let value):
                #expect(value.reason?.contains(secret) != true)
            case .stepBegan(let value): #expect(!value.text.contains(secret))
            case .stepEnded(let value): #expect(value.detail?.contains(secret) != true)
            case .note(let value): #expect(!value.text.contains(secret))
            case .stopped(let value): #expect(!value.why.contains(secret))
            case .lifted(let value): #expect(!value.why.contains(secret))
            case .armed(let value):
                let spec = try ControlJSON.text(value.spec)
                #expect(!spec.contains(secret))
            default: break
            }
            #expect(event.at == before.at)
        }
        #expect(seen > 10)
        #expect(masked.verdict?.summary.contains(secret) != true)
        #expect(masked.run.about?.contains(secret) != true)
        #expect(!masked.run.text.contains(secret))
    }

    @Test func withoutSecretsNothingChanges() {
        let journal = SyntheticRun(.failed).journal()
        let none = secrets(("NAME", journal.run.title))
        let events = journal.events.map { none.masked($0) }
        #expect(events == journal.events)
        #expect(none.masked(journal.run).title == journal.run.title)
    }
}
