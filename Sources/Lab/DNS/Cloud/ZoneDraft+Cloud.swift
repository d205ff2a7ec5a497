extension ZoneDraft {
    /// `amazonaws.com`: names without a region, most of which lead into us-east-1.
    static func amazonaws() -> ZoneDraft {
        var draft = ZoneDraft("amazonaws.com")
        let home = CloudRegion.all[0]
        draft.addresses("sts", ttl: 60, home.v4(1, .dualStack))
        draft.addresses("route53", ttl: 60, home.v4(CloudService.route53))
        draft.addresses("cloudfront", ttl: 60, home.v4(CloudService.cloudFront))
        for name in ["autoscaling", "ec2", "iam", "organizations"] {
            draft.alias(name, ttl: 60, to: "\(name).\(home.name)")
        }
        draft.addresses("s3", ttl: 5, home.v4(CloudService.s3, .dualStack))
        draft.alias("*.s3", ttl: 60, to: "s3-1-w")
        draft.alias("s3-1-w", ttl: 60, to: "s3-w.\(home.name)")
        for region in CloudRegion.all {
            draft.addresses(
                "shop-alb-1234567890.\(region.name).elb", ttl: 60,
                Array(region.v4(CloudService.shopALB).prefix(2)))
            draft.addresses(
                "*.\(region.computeDomain)", ttl: 60,
                Array(region.v4(CloudService.instances).prefix(1)))
        }
        return draft
    }

    /// `api.aws`: the dual-stack endpoints of all regions.
    static func dualStack() -> ZoneDraft {
        var draft = ZoneDraft("api.aws")
        for region in CloudRegion.all {
            for service in CloudService.plain {
                draft.addresses(
                    "\(service.name).\(region.name)", ttl: service.ttl,
                    region.dualStack(service.number, .dualStack))
            }
            draft.alias(
                "dynamodb.\(region.name)", ttl: 60,
                to: "dualstack.ddb-dns.\(region.name).amazonaws.com.")
            draft.https(
                "lambda.\(region.name)", ttl: 60, hints: region.dualStack(5, .dualStack))
        }
        return draft
    }

    /// `on.aws`: names of customers' functions.
    static func functions() -> ZoneDraft {
        var draft = ZoneDraft("on.aws")
        for region in CloudRegion.all {
            draft.addresses(
                "*.lambda-url.\(region.name)", ttl: 60,
                region.dualStack(CloudService.functionURLs))
        }
        return draft
    }
}
