import FoundationEssentials

/// The requests and replies of the stand-ins: the little of each real API that `orders` uses.
enum CloudAPI {
    /// DynamoDB's GetItem and PutItem, told apart by `X-Amz-Target`.
    struct ItemRequest: Codable, Sendable {
        var key: [String: [String: String]]?
        var item: [String: [String: String]]?

        enum CodingKeys: String, CodingKey {
            case key = "Key"
            case item = "Item"
        }
    }

    struct ItemReply: Codable, Sendable {
        var item: [String: [String: String]]?

        enum CodingKeys: String, CodingKey { case item = "Item" }
    }

    /// STS's AssumeRole, in its JSON form; how long the token lives instead of when it ends, since
    /// the lab has but one clock.
    struct TokenReply: Codable, Sendable {
        var sessionToken: String
        var durationSeconds: Double

        enum CodingKeys: String, CodingKey {
            case sessionToken = "SessionToken"
            case durationSeconds = "DurationSeconds"
        }
    }

    /// What the instance metadata service says of a role; times are ISO 8601, in whole seconds.
    struct RoleCredentials: Codable, Sendable {
        var code: String
        var lastUpdated: String
        var type: String
        var accessKeyID: String
        var secretAccessKey: String
        var token: String
        var expiration: String

        enum CodingKeys: String, CodingKey {
            case code = "Code"
            case lastUpdated = "LastUpdated"
            case type = "Type"
            case accessKeyID = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case token = "Token"
            case expiration = "Expiration"
        }
    }

    /// EC2's RunInstances.
    struct LaunchReply: Codable, Sendable {
        var instanceID: String

        enum CodingKeys: String, CodingKey { case instanceID = "InstanceId" }
    }

    /// ECS's DescribeServices.
    struct ServiceReply: Codable, Sendable {
        var desiredCount: Int
    }

    struct Problem: Codable, Sendable {
        var type: String

        enum CodingKeys: String, CodingKey { case type = "__type" }
    }

    static let getItem = "DynamoDB_20120810.GetItem"
    static let putItem = "DynamoDB_20120810.PutItem"
}
