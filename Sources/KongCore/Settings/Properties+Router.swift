extension Properties {
    /// Router and workers.
    static let router: [Property] = [
        Property(
            "router_flavor", default: "traditional_compatible",
            allowed: ["traditional", "traditional_compatible", "expressions"],
            doc: "How routes are matched"),
        Property(
            "worker_consistency", default: "eventual", allowed: ["strict", "eventual"],
            inert: "every change is visible to the next request",
            doc: "Eventual or strict (deprecated)"),
        Property(
            "worker_state_update_frequency", .number, default: "5",
            inert: "every change is visible to the next request",
            doc: "Seconds between rebuild checks; > 0"),
    ]
}
