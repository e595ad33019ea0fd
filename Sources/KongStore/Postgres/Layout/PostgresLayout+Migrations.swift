extension PostgresLayout {
    /// Those whose migrations never had a clean-up: Kong leaves their `pending` null.
    static let neverPending: Set = ["session"]

    /// Kong 3.9's migrations by subsystem, in their order: what `schema_meta` holds when a database is up to date.
    static let migrations: [(subsystem: String, names: [String])] = [
        ("acl", ["000_base_acl", "002_130_to_140", "003_200_to_210", "004_212_to_213"]),
        ("acme", ["000_base_acme", "001_280_to_300", "002_320_to_330", "003_350_to_360"]),
        ("ai-proxy", ["001_360_to_370"]),
        ("basic-auth", ["000_base_basic_auth", "002_130_to_140", "003_200_to_210"]),
        ("bot-detection", ["001_200_to_210"]),
        (
            "core",
            [
                "000_base", "003_100_to_110", "004_110_to_120", "005_120_to_130", "006_130_to_140",
                "007_140_to_150", "008_150_to_200", "009_200_to_210", "010_210_to_211", "011_212_to_213",
                "012_213_to_220", "013_220_to_230", "014_230_to_270", "015_270_to_280", "016_280_to_300",
                "017_300_to_310", "018_310_to_320", "019_320_to_330", "020_330_to_340", "021_340_to_350",
                "022_350_to_360", "023_360_to_370", "024_380_to_390",
            ]
        ),
        ("hmac-auth", ["000_base_hmac_auth", "002_130_to_140", "003_200_to_210"]),
        ("http-log", ["001_280_to_300"]),
        ("ip-restriction", ["001_200_to_210"]),
        ("jwt", ["000_base_jwt", "002_130_to_140", "003_200_to_210"]),
        ("key-auth", ["000_base_key_auth", "002_130_to_140", "003_200_to_210", "004_320_to_330"]),
        (
            "oauth2",
            [
                "000_base_oauth2", "003_130_to_140", "004_200_to_210", "005_210_to_211", "006_320_to_330",
                "007_320_to_330",
            ]
        ),
        ("opentelemetry", ["001_331_to_332"]),
        ("post-function", ["001_280_to_300"]),
        ("pre-function", ["001_280_to_300"]),
        (
            "rate-limiting",
            [
                "000_base_rate_limiting", "003_10_to_112", "004_200_to_210", "005_320_to_330", "006_350_to_360",
            ]
        ),
        ("response-ratelimiting", ["000_base_response_rate_limiting", "001_350_to_360"]),
        ("session", ["000_base_session", "001_add_ttl_index", "002_320_to_330"]),
    ]
}
