extension ZoneDraft {
    /// `REGION.amazonaws.com`: the control planes and the services.
    static func region(_ region: CloudRegion) -> ZoneDraft {
        var draft = ZoneDraft("\(region.name).amazonaws.com")
        for service in CloudService.plain {
            draft.addresses(service.name, ttl: service.ttl, region.v4(service.number))
            draft.addresses(
                "\(service.name)-fips", ttl: service.ttl, region.v4(service.number, .fips))
        }
        draft.dynamoDB(in: region)
        draft.s3(in: region)
        if region.number == 1 {
            // Where the state of services without a region lives.
            draft.addresses("iam", ttl: 60, region.v4(CloudService.iam))
            draft.addresses("organizations", ttl: 60, region.v4(CloudService.organizations))
            draft.addresses("s3-w", ttl: 5, region.v4(CloudService.s3Buckets))
        }
        return draft
    }

    /// An alias of 60 s over addresses of 5 s, which the service's own DNS automation maintains: on
    /// 2025-10-19 the alias stayed and the addresses went.
    private mutating func dynamoDB(in region: CloudRegion) {
        let service = CloudService.dynamoDB
        alias("dynamodb", ttl: 60, to: "lb.ddb-dns")
        // One name for each account: 111122223333.ddb.REGION.amazonaws.com.
        alias("*.ddb", ttl: 60, to: "lb.ddb-dns")
        addresses("lb.ddb-dns", ttl: 5, region.dualStack(service))
        https("lb.ddb-dns", ttl: 5, hints: region.dualStack(service))
        alias("dynamodb-fips", ttl: 60, to: "fips.ddb-dns")
        addresses("fips.ddb-dns", ttl: 5, region.v4(service, .fips))
        addresses("dualstack.ddb-dns", ttl: 5, region.dualStack(service, .dualStack))
    }

    private mutating func s3(in region: CloudRegion) {
        addresses("s3", ttl: 5, region.v4(CloudService.s3))
        addresses("s3-fips", ttl: 5, region.v4(CloudService.s3, .fips))
        addresses("s3.dualstack", ttl: 5, region.dualStack(CloudService.s3, .dualStack))
        alias("*.s3", ttl: 60, to: "s3-r-w")
        addresses("s3-r-w", ttl: 5, region.v4(CloudService.s3Buckets))
    }

    /// `elb.REGION.amazonaws.com`: network load balancers, with one address for each availability
    /// zone, and a name for each of these addresses.
    static func networkLoadBalancers(_ region: CloudRegion) -> ZoneDraft {
        var draft = ZoneDraft("elb.\(region.name).amazonaws.com")
        let orders = "orders-nlb-0123456789abcdef"
        // Sixty seconds in truth; here they leave and join within phases that are not much longer.
        draft.addresses(orders, ttl: 10, region.v4(CloudService.ordersNLB))
        for (letter, address) in zip(["a", "b", "c"], region.v4(CloudService.ordersNLB)) {
            draft.addresses("\(region.name)\(letter).\(orders)", ttl: 60, [address])
        }
        let shop = "shop-nlb-fedcba9876543210"
        draft.addresses(shop, ttl: 60, region.dualStack(CloudService.shopNLB))
        return draft
    }
}
