import FoundationEssentials
import HTTPTypes
import Hummingbird
import Synchronization
import Wire

/// The instance metadata service, version 2 alone: a token by PUT first, and with it what the
/// instance is and the credentials of its role.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
final class InstanceMetadata: Sendable {
    private let state: CloudState
    /// How long credentials live; the real ones do for six hours.
    private let life: Duration
    /// When each token ends.
    private let tokens = Mutex<[String: Moment]>([:])

    /// Where it is, on every instance.
    static let addresses = [
        // 169.254.169.254 and fd00:ec2::254.
        IPAddress.v4(0xA9FE_A9FE), .v6(0xFD00_0EC2 << 96 | 0x254),
    ]
    /// What its role is called.
    static let role = "orders-instance"
    /// How it is counted.
    static let endpoint = CloudState.Endpoint(service: "imds", region: CloudRegion.all[0].name)
    /// Seconds that a token may live: six hours.
    private static let tokenLife = 1...21_600

    init(state: CloudState, life: Duration) {
        self.state = state
        self.life = life
    }

    /// What expires does so by `now`; `date` is what the credentials say.
    func respond(_ request: Request, _ now: Moment = .now, _ date: Date = Date()) -> Response {
        let path = request.uri.path.split(separator: "/").map(String.init)
        if path == ["latest", "api", "token"] { return token(request, now) }
        guard request.method == .get || request.method == .head else {
            return .text("", status: .methodNotAllowed)
        }
        guard isKnown(request.headers[.metadataToken], now) else {
            return .text("401 - Unauthorized\n", status: .unauthorized)
        }
        guard path.prefix(2) == ["latest", "meta-data"] else { return Self.nothing }
        switch path.dropFirst(2).joined(separator: "/") {
        case "instance-id": return .text("i-0123456789abcdef0")
        case "placement/region": return .text(Self.endpoint.region)
        case "placement/availability-zone": return .text(Self.endpoint.region + "a")
        case "iam/security-credentials": return .text(Self.role)
        case "iam/security-credentials/\(Self.role)": return .json(credentials(now, date))
        default: return Self.nothing
        }
    }

    private static var nothing: Response { .text("404 - Not Found\n", status: .notFound) }

    private func token(_ request: Request, _ now: Moment) -> Response {
        guard request.method == .put else { return .text("", status: .methodNotAllowed) }
        // What came through a proxy may come from anywhere.
        guard request.headers[.forwardedFor] == nil else { return .text("", status: .forbidden) }
        guard let seconds = request.headers[.metadataTokenLife].flatMap({ Int($0) }),
            Self.tokenLife.contains(seconds)
        else { return .text("400 - Bad Request\n", status: .badRequest) }
        let token = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        tokens.withLock { tokens in
            tokens = tokens.filter { now < $0.value }
            tokens[token] = now + .seconds(seconds)
        }
        return .text(token, headers: [.metadataTokenLife: "\(seconds)"])
    }

    private func isKnown(_ token: String?, _ now: Moment) -> Bool {
        guard let token else { return false }
        return tokens.withLock { tokens in tokens[token].map { now < $0 } ?? false }
    }

    private func credentials(_ now: Moment, _ date: Date) -> CloudAPI.RoleCredentials {
        let token = state.issueToken(life: life, now)
        return CloudAPI.RoleCredentials(
            code: "Success", lastUpdated: date.formatted(.iso8601), type: "AWS-HMAC",
            accessKeyID: "ASIALAB\(token.id)", secretAccessKey: "not-a-secret", token: token.id,
            expiration: (date + life.seconds).formatted(.iso8601))
    }
}

extension HTTPField.Name {
    static let metadataToken = lab("X-aws-ec2-metadata-token")
    static let metadataTokenLife = lab("X-aws-ec2-metadata-token-ttl-seconds")
    static let forwardedFor = lab("X-Forwarded-For")
}
