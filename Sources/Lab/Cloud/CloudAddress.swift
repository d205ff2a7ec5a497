import Wire

/// What an address of the lab stands for: the reverse of `CloudRegion`.
struct CloudAddress: Hashable, Sendable {
    var region: String
    var service: String
    /// 0, 1 or 2: the availability zone.
    var zone: Int
    /// 0, or 1 once the service has moved.
    var generation: Int

    init?(_ address: IPAddress) {
        guard let octets = Self.octets(address),
            let region = CloudRegion.all.first(where: { $0.number == octets.region }),
            let service = Self.service(octets.service)
        else { return nil }
        // 10, 20, 30; FIPS and dual stack 100 and 200 above; 1 more after a move.
        let host = octets.host % 100
        guard (1...3).contains(host / 10), host % 10 <= 1 else { return nil }
        self.region = region.name
        self.service = service
        zone = host / 10 - 1
        generation = host % 10
    }

    private static func octets(
        _ address: IPAddress
    ) -> (region: Int, service: Int, host: Int)? {
        switch address {
        case .v4(let value):
            guard value >> 24 == 10 else { return nil }
            return (Int(value >> 16 & 0xFF), Int(value >> 8 & 0xFF), Int(value & 0xFF))
        case .v6(let value):
            guard value >> 96 == 0x2001_0DB8 else { return nil }
            // 2001:db8:R:S::H, where R, S and H are written as the decimal numbers are.
            guard let region = decimal(value >> 80 & 0xFFFF),
                let service = decimal(value >> 64 & 0xFFFF), let host = decimal(value & 0xFFFF)
            else { return nil }
            return (region, service, host)
        }
    }

    private static func decimal(_ group: UInt128) -> Int? { Int(String(group, radix: 16)) }

    private static func service(_ number: Int) -> String? {
        switch number {
        case CloudService.dynamoDB: "dynamodb"
        case CloudService.s3, CloudService.s3Buckets: "s3"
        case CloudService.iam: "iam"
        case CloudService.organizations: "organizations"
        case CloudService.route53: "route53"
        case CloudService.cloudFront: "cloudfront"
        case CloudService.ordersNLB: "orders-nlb"
        case CloudService.shopNLB, CloudService.shopALB: "shop"
        case CloudService.instances: "instances"
        case CloudService.functionURLs: "lambda-url"
        default: CloudService.plain.first { $0.number == number }?.name
        }
    }
}
