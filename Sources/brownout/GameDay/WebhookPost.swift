import AsyncHTTPClient
import Control
import GameDay
import NIOCore
import NIOHTTP1
import Synchronization

/// Posts a run's messages to a URL, one after the other, so that they arrive in order.
final class WebhookPost: Sendable {
    let url: String
    /// What one post may take.
    static let patience = TimeAmount.seconds(5)
    /// What may be waited for when the run is over and its reports are there.
    static let lastPatience = Duration.seconds(5)

    /// Not the shared one, which knocks on a closed door until the time is up.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let messages: AsyncStream<WebhookMessage>
    private let feed: AsyncStream<WebhookMessage>.Continuation
    private let isOver = Atomic(false)

    init(url: String) {
        self.url = url
        // Whoever is slow gets the newest; a run tells less than this in an hour.
        (messages, feed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100))
    }

    func send(_ message: WebhookMessage) { feed.yield(message) }

    /// Sends a last message, ahead of those that still wait.
    func finish(with message: WebhookMessage?) {
        isOver.store(true, ordering: .sequentiallyConsistent)
        if let message { feed.yield(message) }
        feed.finish()
    }

    /// Posts until `finish`, or until the task is cancelled; each failure is told in a line.
    func run(failed: @Sendable (String) -> Void) async {
        for await message in messages {
            // Whoever was slow all the time hears how it ended.
            if isOver.load(ordering: .sequentiallyConsistent), message.event != .verdict {
                continue
            }
            do {
                var request = HTTPClientRequest(url: url)
                request.method = .POST
                request.headers.add(name: "content-type", value: "application/json")
                request.body = .bytes(ByteBuffer(bytes: try ControlJSON.encode(message)))
                let response = try await Self.client.execute(
                    request, timeout: Self.patience)
                guard (200..<300).contains(response.status.code) else {
                    failed("the webhook answered \(response.status.code)")
                    continue
                }
            } catch {
                if Task.isCancelled { return failed("the webhook did not answer in time") }
                failed("the webhook could not be called: \(ErrorText.oneLine("\(error)"))")
            }
        }
    }
}
