extension ZoneSet {
    /// The lab's zones: the amazonaws.com names of two regions, us-east-1 and us-west-2, with chains as
    /// the real ones have, and a shop that depends on them.
    ///
    /// Addresses are private (10.0.0.0/8) or for documentation (RFC 5737, RFC 3849): a client that
    /// leaves the lab reaches nobody.
    public static func lab(outside: Outside = .refused) throws(ZoneError) -> ZoneSet {
        var zones = [
            try ZoneDraft.amazonaws().zone(), try ZoneDraft.dualStack().zone(),
            try ZoneDraft.functions().zone(), try ZoneDraft.shop().zone(),
            try ZoneDraft.example().zone(),
        ]
        for region in CloudRegion.all {
            zones.append(try ZoneDraft.region(region).zone())
            zones.append(try ZoneDraft.networkLoadBalancers(region).zone())
        }
        return try ZoneSet(zones, outside: outside)
    }
}
