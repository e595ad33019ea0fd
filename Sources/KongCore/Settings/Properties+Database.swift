extension Properties {
    /// Database.
    static let database: [Property] = [
        Property(
            "database", default: "sqlite", allowed: ["sqlite", "postgres", "cassandra", "off"],
            doc: "Storage: sqlite (a file in the prefix), postgres or off (DB-less)"),
        Property("pg_host", default: "127.0.0.1", doc: "Postgres host (a path = unix socket directory)"),
        Property("pg_port", .number, default: "5432", doc: "Postgres port"),
        Property("pg_database", default: "kong", doc: "Postgres database"),
        Property("pg_schema", doc: "Schema; default the connection's"),
        Property("pg_timeout", .number, default: "5000", doc: "Connect, read and write timeout in milliseconds"),
        Property("pg_user", default: "kong", doc: "Postgres user"),
        Property("pg_password", secret: true, doc: "Postgres password"),
        Property("pg_ssl", .boolean, default: "off", doc: "TLS to Postgres; a server without it is refused"),
        Property("pg_ssl_verify", .boolean, default: "off", doc: "Verify the server with lua_ssl_trusted_certificate"),
        Property("pg_max_concurrent_queries", .number, default: "0", doc: "Queries at a time, 0 = unlimited"),
        Property("pg_semaphore_timeout", .number, default: "60000", doc: "Milliseconds to wait for a turn"),
        Property("pg_keepalive_timeout", .number, doc: "Milliseconds an idle connection is kept"),
        Property("pg_pool_size", .number, doc: "Connections for reading; 4 unless set"),
        Property("pg_backlog", .number, doc: "Reads that may wait while all connections are taken"),
        Property(
            "_debug_pg_ttl_cleanup_interval", .number, default: "300",
            doc: "Seconds between expired-row clean-ups"),
        Property(
            "pg_ro_host",
            doc: "Read-only replica: whole configurations are read there, never what the Admin API answers"),
        Property("pg_ro_port", .number, doc: "As pg_port for the replica (defaults to it)"),
        Property("pg_ro_database", doc: "As pg_database for the replica (defaults to it)"),
        Property("pg_ro_schema", doc: "As pg_schema for the replica (defaults to it)"),
        Property("pg_ro_timeout", .number, doc: "As pg_timeout for the replica (defaults to it)"),
        Property("pg_ro_user", doc: "As pg_user for the replica (defaults to it)"),
        Property("pg_ro_password", secret: true, doc: "As pg_password for the replica (defaults to it)"),
        Property("pg_ro_ssl", .boolean, doc: "As pg_ssl for the replica (defaults to it)"),
        Property("pg_ro_ssl_verify", .boolean, doc: "As pg_ssl_verify for the replica (defaults to it)"),
        Property(
            "pg_ro_max_concurrent_queries", .number, inert: "a replica is read over one connection, now and then",
            doc: "As pg_max_concurrent_queries for the replica (defaults to it)"),
        Property(
            "pg_ro_semaphore_timeout", .number, inert: "a replica is read over one connection, now and then",
            doc: "As pg_semaphore_timeout for the replica (defaults to it)"),
        Property(
            "pg_ro_keepalive_timeout", .number, inert: "a replica is read over one connection, now and then",
            doc: "As pg_keepalive_timeout for the replica (defaults to it)"),
        Property(
            "pg_ro_pool_size", .number, inert: "a replica is read over one connection, now and then",
            doc: "As pg_pool_size for the replica (defaults to it)"),
        Property(
            "pg_ro_backlog", .number, inert: "a replica is read over one connection, now and then",
            doc: "As pg_backlog for the replica (defaults to it)"),
        Property("declarative_config", doc: "File loaded at start (DB-less); yaml or json by extension"),
        Property("declarative_config_string", secret: true, doc: "The declarative configuration as text"),
        Property(
            "lmdb_environment_path", default: "dbless.lmdb", inert: "the snapshot lives in <prefix>/snapshot",
            doc: "Directory of the DB-less store, relative to prefix"),
        Property("lmdb_map_size", default: "2048m", inert: "use snapshot_map_size", doc: "Largest size of that store"),
        Property(
            "mem_cache_size", default: "128m",
            inert: "entities are read from the mapped snapshot; there is no entity cache to size",
            doc: "Size of each of the two entity cache dicts"),
        Property(
            "worker_events_max_payload", .number, default: "65535", inert: "workers exchange no events",
            doc: "Max bytes of an inter-worker event"),
        Property("db_update_frequency", .number, default: "5", doc: "Seconds between cluster event polls"),
        Property(
            "db_update_propagation", .number, default: "0", inert: "changes are pushed",
            doc: "Extra seconds to wait for replicas"),
        Property(
            "db_cache_ttl", .number, default: "0", inert: "there is no entity cache",
            doc: "Entity cache TTL, 0 = never expires"),
        Property(
            "db_cache_neg_ttl", .number, inert: "there is no entity cache",
            doc: "TTL of misses, default db_cache_ttl"),
        Property(
            "db_resurrect_ttl", .number, default: "30", inert: "the snapshot serves while the store is away",
            doc: "How long stale entries are reused on database failure"),
        Property(
            "db_cache_warmup_entities", .array, default: "services", inert: "there is no entity cache",
            doc: "Entities loaded into the cache at start"),
        Property("sqlite_path", default: "kong.db", doc: "SQLite file of database = sqlite, relative to prefix"),
        Property(
            "snapshot_map_size", default: "2048m",
            doc: "Largest size of the snapshot that workers map, <prefix>/snapshot"),
    ]
}
