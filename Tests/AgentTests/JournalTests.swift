import Control
import FoundationEssentials
import SystemPackage
import Testing

@testable import Agent

@Suite struct JournalTests {
    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    @Test func appends() async throws {
        try await withFolder { folder in
            let path = folder + "/j"
            do {
                let journal = try Journal(path: path)
                journal.append("one")
                #expect(journal.status == JournalStatus(path: path, written: 1))
            }
            try Journal(path: path).append("two")
            #expect(try text(path) == "one\ntwo\n")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            // The process's umask may take more away, never add.
            #expect((mode as? Int).map { $0 & ~0o640 } == 0)
        }
    }

    @Test func aFullDiskIsCounted() throws {
        let journal = try Journal(path: "/dev/full")
        journal.append("one")
        journal.append("two")
        #expect(journal.status.written == 0 && journal.status.lost == 2)
        #expect(journal.status.problem?.isEmpty == false)
    }

    @Test func aFullDiskStopsNothing() async throws {
        let world = World(journal: try Journal(path: "/dev/full"))
        let events = world.events()
        _ = try await world.arm("a.b")
        _ = try await world.agent.lift("f1", by: world.owner)
        #expect(try await events.next()?.event == .arm)
        #expect(try await events.next()?.event == .lift)
        #expect(await world.agent.status().journal.lost == 2)
    }

    @Test func reopensAfterARotation() async throws {
        try await withFolder { folder in
            let journal = try Journal(path: folder + "/j")
            journal.append("one")
            try FileManager.default.moveItem(atPath: folder + "/j", toPath: folder + "/j.1")
            journal.append("two")
            journal.reopen()
            journal.append("three")
            #expect(try text(folder + "/j.1") == "one\ntwo\n")
            #expect(try text(folder + "/j") == "three\n")
        }
    }

    @Test func aMissingFolderIsAnError() {
        #expect(throws: Errno.noSuchFileOrDirectory) { try Journal(path: "/nonexistent/j") }
    }
}

@Suite struct EventFeedTests {
    private let event = AgentEvent(time: Timestamp(milliseconds: 0), event: .halt)

    @Test func everyListenerHearsEverything() async {
        let feed = EventFeed(journal: Journal())
        let (first, second) = (feed.listen(), feed.listen())
        feed.publish(event)
        feed.close()
        for lines in [first, second] {
            var count = 0
            for await _ in lines { count += 1 }
            #expect(count == 1)
        }
        #expect(feed.listenerCount == 0)
        for await _ in feed.listen() { Issue.record("a closed feed says nothing") }
    }

    @Test func aListenerThatStopsIsForgotten() async {
        let feed = EventFeed(journal: Journal())
        let lines = feed.listen()
        let reader = Task { for await _ in lines {} }
        #expect(feed.listenerCount == 1)
        reader.cancel()
        await reader.value
        #expect(feed.listenerCount == 0)
    }

    @Test func whoIsTooFarBehindIsCutOff() async {
        let feed = EventFeed(journal: Journal())
        let lines = feed.listen()
        for _ in 0...EventFeed.backlog { feed.publish(event) }
        #expect(feed.listenerCount == 0)
        var count = 0
        for await _ in lines { count += 1 }
        #expect(count == EventFeed.backlog)
    }
}
