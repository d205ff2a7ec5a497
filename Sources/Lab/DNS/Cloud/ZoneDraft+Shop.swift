extension ZoneDraft {
    /// `shop.example`: a customer of the cloud, whose names lead into it.
    static func shop() -> ZoneDraft {
        var draft = ZoneDraft("shop.example")
        let addresses = ["192.0.2.10", "192.0.2.20", "2001:db8:ffff::10", "2001:db8:ffff::20"]
        draft.addresses("@", ttl: 60, addresses)
        draft.https("@", ttl: 60, hints: addresses)
        draft.alias("www", ttl: 60, to: "@")
        draft.alias("orders", ttl: 60, to: "dynamodb.us-east-1.amazonaws.com.")
        draft.alias("api", ttl: 60, to: "orders-nlb-0123456789abcdef.elb.us-east-1.amazonaws.com.")
        draft.alias("login", ttl: 60, to: "sts.amazonaws.com.")
        draft.alias("files", ttl: 60, to: "shop-files.s3.amazonaws.com.")
        draft.addresses("*.tenants", ttl: 30, ["192.0.2.30"])
        return draft
    }

    /// `example.com`: the customer's customer, one link further away, and names of odd shapes.
    static func example() -> ZoneDraft {
        var draft = ZoneDraft("example.com")
        draft.addresses("@", ttl: 60, ["198.51.100.10", "2001:db8:fffe::10"])
        draft.alias("www", ttl: 60, to: "@")
        draft.alias("orders", ttl: 60, to: "orders.shop.example.")
        draft.addresses("v4", ttl: 30, ["198.51.100.20"])
        draft.addresses("v6", ttl: 30, ["2001:db8:fffe::20"])
        draft.text("text", ttl: 30, ["no addresses here"])
        // More than EDNS over UDP carries.
        draft.addresses("many", ttl: 30, (100..<200).map { "198.51.100.\($0)" })
        // An alias to nothing, and one that the lab cannot follow.
        draft.alias("dangling", ttl: 30, to: "gone")
        draft.alias("elsewhere", ttl: 30, to: "shop.invalid.")
        return draft
    }
}
