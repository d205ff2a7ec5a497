import Control
import HTTPTypes

extension Route {
    /// Every operation of the API.
    static let all: [Route] = [
        Route(
            method: .post, path: "/v1/faults", operation: "arm",
            query: [
                Parameter(name: "name", kind: .text), Parameter(name: "for", kind: .duration),
                Parameter(name: "lease", kind: .duration), Parameter(name: "dry-run", kind: .flag),
                Parameter(name: "session", kind: .text),
            ],
            takes: ArmRequest.Format.allCases.map(\.rawValue), status: 201,
            gives: .json("ArmedFault"),
            errors: [
                .spec, .protected, .tooBroad, .halted, .lease, .tooLarge, .tooMany, .kernel,
                .privilege, .stopping,
            ]
        ) { call, agent throws(APIError) in
            let order = ArmOrder(
                body: call.body, name: call.text("name"), for: try call.duration("for"),
                lease: try call.duration("lease"), dryRun: try call.flag("dry-run"),
                session: call.text("session"), owner: call.owner)
            return try .value(try await agent.arm(order), status: 201)
        },
        Route(
            method: .get, path: "/v1/faults", operation: "faults", gives: .json("FaultList")
        ) { _, agent throws(APIError) in
            try .value(FaultList(faults: await agent.faults()))
        },
        Route(
            method: .delete, path: "/v1/faults", operation: "liftAll", gives: .json("FaultList"),
            errors: [.kernel, .privilege]
        ) { call, agent throws(APIError) in
            try .value(FaultList(faults: try await agent.liftAll(by: call.owner)))
        },
        Route(
            method: .get, path: "/v1/faults/{id}", operation: "fault", gives: .json("ArmedFault"),
            errors: [.notFound]
        ) { call, agent throws(APIError) in
            try .value(try await agent.fault(call.id))
        },
        Route(
            method: .delete, path: "/v1/faults/{id}", operation: "lift", gives: .json("ArmedFault"),
            errors: [.notFound, .kernel, .privilege]
        ) { call, agent throws(APIError) in
            try .value(try await agent.lift(call.id, by: call.owner))
        },
        Route(
            method: .post, path: "/v1/faults/{id}/renew", operation: "renew",
            gives: .json("ArmedFault"), errors: [.notFound]
        ) { call, agent throws(APIError) in
            try .value(try await agent.renew(call.id))
        },
        Route(
            method: .post, path: "/v1/halt", operation: "halt", gives: .json("AgentStatus"),
            errors: [.kernel, .privilege]
        ) { call, agent throws(APIError) in
            try .value(try await agent.halt(by: call.owner))
        },
        Route(
            method: .post, path: "/v1/resume", operation: "resume", gives: .json("AgentStatus")
        ) { call, agent throws(APIError) in
            try .value(await agent.resume(by: call.owner))
        },
        Route(
            method: .get, path: "/v1/status", operation: "status", gives: .json("AgentStatus")
        ) { _, agent throws(APIError) in
            try .value(await agent.status())
        },
        Route(
            method: .get, path: "/v1/survey", operation: "survey", gives: .json("Survey"),
            errors: [.kernel, .privilege]
        ) { _, agent throws(APIError) in
            try .value(try await agent.survey())
        },
        Route(
            method: .get, path: "/v1/events", operation: "events", gives: .lines("AgentEvent")
        ) { _, agent throws(APIError) in
            .lines(agent.events())
        },
        Route(
            method: .get, path: "/healthz", operation: "health", gives: .json("Health"),
            errors: [.kernel]
        ) { _, agent throws(APIError) in
            let health = await agent.health()
            return try .value(health, status: health.healthy ? 200 : 503)
        },
        Route(
            method: .get, path: "/openapi.json", operation: "openapi", gives: .document
        ) { _, _ throws(APIError) in
            .json(status: 200, PackageResources.openapi_json)
        },
    ]
}
