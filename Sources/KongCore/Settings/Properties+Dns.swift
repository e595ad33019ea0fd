extension Properties {
    /// DNS.
    static let dns: [Property] = [
        Property("dns_resolver", .array, doc: "Name servers ip[:port]; default resolv.conf"),
        Property("dns_hostsfile", default: "/etc/hosts", doc: "Hosts file, must exist"),
        Property(
            "dns_order", .array, default: "LAST,SRV,A,CNAME",
            doc: "Record types to try: LAST, A, AAAA, CNAME, SRV"),
        Property("dns_valid_ttl", .number, doc: "Overrides record TTLs"),
        Property("dns_stale_ttl", .number, default: "3600", doc: "Stale serving"),
        Property("dns_cache_size", .number, default: "10000", doc: "Entries"),
        Property("dns_not_found_ttl", .number, default: "30", doc: "NXDOMAIN/empty TTL"),
        Property("dns_error_ttl", .number, default: "1", doc: "Error TTL"),
        Property(
            "dns_no_sync", .boolean, default: "off", inert: "queries for one name are always merged",
            doc: "Do not merge concurrent queries"),
        Property(
            "new_dns_client", .boolean, default: "off", inert: "there is one resolver",
            doc: "Switch to the resolver_* client"),
        Property("resolver_address", .array, doc: "Name servers ip[:port]; default resolv.conf"),
        Property("resolver_hosts_file", default: "/etc/hosts", doc: "Hosts file"),
        Property("resolver_family", .array, default: "A,SRV", doc: "A, AAAA, SRV"),
        Property("resolver_valid_ttl", .number, doc: "Overrides record TTLs"),
        Property("resolver_stale_ttl", .number, default: "3600", doc: "Stale serving"),
        Property("resolver_lru_cache_size", .number, default: "10000", doc: "L1 entries"),
        Property("resolver_mem_cache_size", default: "5m", inert: "there is one cache per worker", doc: "L2 dict"),
        Property("resolver_error_ttl", .number, default: "1", doc: "Error/empty TTL"),
    ]
}
