import FoundationEssentials

/// The table of orders in DynamoDB: read with the role of the instance, written with one that is
/// assumed for it, so that neither has rights that it does not need.
struct Table: Sendable {
    let client: CloudClient
    let reading: Credentials
    let writing: Credentials

    /// Nil: there is no such order.
    func get(_ id: String, in region: String) async throws(CloudClient.Failure) -> String? {
        let reply = try await call(
            CloudAPI.getItem, CloudAPI.ItemRequest(key: ["id": ["S": id]]), in: region,
            by: reading)
        return reply.item?["text"]?["S"]
    }

    func put(_ id: String, _ text: String, in region: String) async throws(CloudClient.Failure) {
        _ = try await call(
            CloudAPI.putItem,
            CloudAPI.ItemRequest(item: ["id": ["S": id], "text": ["S": text]]), in: region,
            by: writing)
    }

    private func call(
        _ target: String, _ request: CloudAPI.ItemRequest, in region: String,
        by credentials: Credentials
    ) async throws(CloudClient.Failure) -> CloudAPI.ItemReply {
        let token = try await credentials.current()
        let host = "dynamodb.\(region).amazonaws.com"
        let body = (try? JSONEncoder().encode(request)) ?? Data()
        let reply = try await client.post(
            host,
            headers: [
                ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", target),
                ("X-Amz-Security-Token", token),
            ], body: Array(body))
        guard let read = try? JSONDecoder().decode(CloudAPI.ItemReply.self, from: Data(reply))
        else { throw CloudClient.Failure(kind: .refusal, about: "\(host): unreadable") }
        return read
    }
}
