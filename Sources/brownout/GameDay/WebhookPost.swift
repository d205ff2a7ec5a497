import AsyncHTTPClient
import Control
import GameDay
import NIOCore
import NIOHTTP1
import NIOPosix

/// Posts a run's messages to a URL, one after the other, so that they arrive in order.
struct WebhookPost: Sendable {
    let url: String
    /// What one post may take.
    static let patience = TimeAmount.seconds(5)
    /// What the last ones may take together, when all but them is over.
    static let lastPatience = Duration.seconds(10)

    private let messages: AsyncStream<WebhookMessage>
    private let feed: AsyncStream<WebhookMessage>.Continuation

    init(url: String) {
        self.url = url
        // Whoever is slow gets the newest; a run tells less than this in an hour.
        (messages, feed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100))
    }

    func send(_ message: WebhookMessage) { feed.yield(message) }

    /// No more messages will be sent.
    func finish() { feed.finish() }

    /// Posts until `finish`; each failure is told in a line.
    func run(failed: @Sendable (String) -> Void) async {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        // Who refuses a connection is not asked again until time is up: the run's end waits for this.
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
        for await message in messages {
            do {
                var request = HTTPClientRequest(url: url)
                request.method = .POST
                request.headers.add(name: "content-type", value: "application/json")
                request.body = .bytes(ByteBuffer(bytes: try ControlJSON.encode(message)))
                let response = try await http.execute(
                    request, timeout: Self.patience)
                guard (200..<300).contains(response.status.code) else {
                    failed("the webhook answered \(response.status.code)")
                    continue
                }
            } catch {
                failed("the webhook could not be called: \(ErrorText.oneLine("\(error)"))")
            }
        }
        try? await http.shutdown()
    }
}
