/// A region of the lab's cloud: its name, and where its addresses lie.
///
/// Every service has a number, which is an octet of its addresses: 10.R.S.10, .20 and .30 and
/// 2001:db8:R:S::10, ::20 and ::30, one for each availability zone of the region R.
struct CloudRegion: Sendable {
    var name: String
    var number: Int
    /// Where the public names of instances are.
    var computeDomain: String

    static let all = [
        CloudRegion(name: "us-east-1", number: 1, computeDomain: "compute-1"),
        CloudRegion(name: "us-west-2", number: 2, computeDomain: "us-west-2.compute"),
    ]

    /// One address for each availability zone.
    func v4(_ service: Int, _ variant: Variant = .standard) -> [String] {
        hosts(variant).map { "10.\(number).\(service).\($0)" }
    }

    func v6(_ service: Int, _ variant: Variant = .standard) -> [String] {
        hosts(variant).map { "2001:db8:\(number):\(service)::\($0)" }
    }

    func dualStack(_ service: Int, _ variant: Variant = .standard) -> [String] {
        v4(service, variant) + v6(service, variant)
    }

    /// Endpoints of one service differ in their hosts.
    enum Variant: Int {
        case standard = 0
        case fips = 100
        case dualStack = 200
    }

    private func hosts(_ variant: Variant) -> [Int] {
        [10, 20, 30].map { variant.rawValue + $0 }
    }
}

/// A service of the lab's cloud that has the plain kind of endpoints in every region.
struct CloudService: Sendable {
    var name: String
    var number: Int
    /// Seconds, about that of the real name.
    var ttl: UInt32

    /// Those without records of their own in `ZoneDraft+Region`.
    static let plain = [
        CloudService(name: "sts", number: 1, ttl: 60),
        CloudService(name: "ec2", number: 2, ttl: 20),
        CloudService(name: "autoscaling", number: 3, ttl: 60),
        CloudService(name: "elasticloadbalancing", number: 4, ttl: 60),
        CloudService(name: "lambda", number: 5, ttl: 60),
        CloudService(name: "ecs", number: 6, ttl: 60),
        CloudService(name: "eks", number: 7, ttl: 60),
        CloudService(name: "kms", number: 8, ttl: 60),
        CloudService(name: "logs", number: 9, ttl: 60),
        CloudService(name: "monitoring", number: 10, ttl: 60),
        CloudService(name: "secretsmanager", number: 11, ttl: 60),
        CloudService(name: "sns", number: 12, ttl: 60),
        CloudService(name: "sqs", number: 13, ttl: 60),
        CloudService(name: "streams.dynamodb", number: 14, ttl: 5),
    ]

    static let dynamoDB = 20
    static let s3 = 21
    static let s3Buckets = 22
    static let iam = 23
    static let organizations = 24
    static let route53 = 25
    static let cloudFront = 26
    static let ordersNLB = 30
    static let shopNLB = 31
    static let shopALB = 32
    static let instances = 33
    static let functionURLs = 34
}
