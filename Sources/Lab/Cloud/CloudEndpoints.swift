import FoundationEssentials
import HTTPTypes
import Hummingbird
import Wire

/// The HTTP endpoints of both regions, told apart by the address that a client connected to.
struct CloudEndpoints: Sendable {
    var state: CloudState
    var metadata: InstanceMetadata
    /// Tasks that the orchestrator wants.
    var desiredTasks: Int
    /// How much further away the second region is.
    var distance: Duration = .milliseconds(60)
    /// What answers on the addresses of the load balancer of `orders`.
    var balancer: @Sendable (Request, LabContext, _ zone: Int) async throws -> Response

    func connected(_ address: IPAddress) {
        if InstanceMetadata.addresses.contains(address) {
            state.connected(InstanceMetadata.endpoint, .now)
        } else if let address = CloudAddress(address) {
            state.connected(address.endpoint, .now)
        }
    }

    func respond(_ request: Request, _ context: LabContext) async throws -> Response {
        if let local = context.local, InstanceMetadata.addresses.contains(local) {
            state.requested(InstanceMetadata.endpoint)
            let response = metadata.respond(request)
            if response.status.kind != .successful { state.refused(InstanceMetadata.endpoint) }
            return response
        }
        guard let address = context.local.flatMap({ CloudAddress($0) }) else {
            return .json(CloudAPI.Problem(type: "UnknownEndpoint"), status: .notFound)
        }
        let endpoint = address.endpoint
        // Those who moved out answer nobody.
        guard address.generation == state.generation(endpoint) else {
            state.refused(endpoint)
            throw Unanswered()
        }
        state.requested(endpoint)
        if address.service == "orders-nlb" {
            return try await balancer(request, context, address.zone)
        }
        if address.region != CloudRegion.all[0].name { try await Task.sleep(for: distance) }
        if request.method == .get || request.method == .head {
            // As the real ones say at their root.
            return .text("healthy: \(address.service).\(address.region).amazonaws.com\n")
        }
        let response = try await answer(request, from: address)
        if response.status.kind != .successful { state.refused(endpoint) }
        return response
    }

    private func answer(_ request: Request, from address: CloudAddress) async throws -> Response {
        switch address.service {
        case "dynamodb": return try await table(request)
        case "sts":
            let asked = request.uri.queryParameters["DurationSeconds"].flatMap { Double($0) } ?? 60
            let token = state.issueToken(life: .seconds(min(max(asked, 1), 43_200)), .now)
            return .json(
                CloudAPI.TokenReply(
                    sessionToken: token.id, durationSeconds: token.life.seconds))
        case "ec2":
            switch request.uri.queryParameters["Action"] {
            case "RunInstances": return .json(CloudAPI.LaunchReply(instanceID: state.launch()))
            case "TerminateInstances":
                state.terminate(String(request.uri.queryParameters["InstanceId"] ?? ""))
                return .json(CloudAPI.LaunchReply(instanceID: ""))
            default: break
            }
        case "ecs", "eks": return .json(CloudAPI.ServiceReply(desiredCount: desiredTasks))
        default: break
        }
        return .json(CloudAPI.Problem(type: "UnknownOperationException"), status: .badRequest)
    }

    private func table(_ request: Request) async throws -> Response {
        guard state.accepts(token: request.headers[.securityToken], .now) else {
            return .json(CloudAPI.Problem(type: "ExpiredTokenException"), status: .badRequest)
        }
        let body = try await request.body.collect(upTo: 64 * 1024)
        guard
            let item = try? JSONDecoder().decode(
                CloudAPI.ItemRequest.self, from: Data(body.readableBytesView))
        else {
            return .json(CloudAPI.Problem(type: "SerializationException"), status: .badRequest)
        }
        switch request.headers[.target] {
        case CloudAPI.getItem:
            guard let id = item.key?["id"]?["S"], let text = state.item(id) else {
                return .json(CloudAPI.ItemReply())
            }
            return .json(CloudAPI.ItemReply(item: ["id": ["S": id], "text": ["S": text]]))
        case CloudAPI.putItem:
            guard let id = item.item?["id"]?["S"], let text = item.item?["text"]?["S"] else {
                return .json(CloudAPI.Problem(type: "ValidationException"), status: .badRequest)
            }
            state.put(id, text)
            return .json(CloudAPI.ItemReply())
        default:
            return .json(
                CloudAPI.Problem(type: "UnknownOperationException"), status: .badRequest)
        }
    }
}

extension CloudAddress {
    var endpoint: CloudState.Endpoint { CloudState.Endpoint(service: service, region: region) }
}
