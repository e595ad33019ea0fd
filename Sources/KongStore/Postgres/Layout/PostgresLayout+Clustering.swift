// Kong 3.9's layout, name by name: an existing database must work here, and ours there.

extension PostgresLayout {
    /// The tables of control planes.
    static let clustering = #"""
        CREATE TABLE clustering_data_planes (
          "id" uuid NOT NULL,
          "hostname" text NOT NULL,
          "ip" text NOT NULL,
          "last_seen" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "config_hash" text NOT NULL,
          "ttl" timestamptz,
          "version" text,
          "sync_status" text DEFAULT 'unknown'::text NOT NULL,
          "updated_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "labels" jsonb,
          "cert_details" jsonb,
          "rpc_capabilities" text[],
          CONSTRAINT clustering_data_planes_pkey PRIMARY KEY ("id")
        );
        CREATE INDEX clustering_data_planes_ttl_idx ON clustering_data_planes ("ttl");
        CREATE TRIGGER clustering_data_planes_ttl_trigger AFTER INSERT ON clustering_data_planes
          FOR EACH STATEMENT EXECUTE PROCEDURE batch_delete_expired_rows('ttl');

        CREATE SEQUENCE clustering_rpc_requests_id_seq AS bigint;
        CREATE TABLE clustering_rpc_requests (
          "id" bigint DEFAULT nextval('clustering_rpc_requests_id_seq'::regclass) NOT NULL,
          "node_id" uuid NOT NULL,
          "reply_to" uuid NOT NULL,
          "ttl" timestamptz NOT NULL,
          "payload" json NOT NULL,
          CONSTRAINT clustering_rpc_requests_pkey PRIMARY KEY ("id")
        );
        ALTER SEQUENCE clustering_rpc_requests_id_seq OWNED BY clustering_rpc_requests."id";
        CREATE INDEX clustering_rpc_requests_node_id_idx ON clustering_rpc_requests ("node_id");

        CREATE SEQUENCE clustering_sync_version_version_seq AS integer;
        CREATE TABLE clustering_sync_version (
          "version" integer DEFAULT nextval('clustering_sync_version_version_seq'::regclass) NOT NULL,
          CONSTRAINT clustering_sync_version_pkey PRIMARY KEY ("version")
        );
        ALTER SEQUENCE clustering_sync_version_version_seq OWNED BY clustering_sync_version."version";

        CREATE TABLE clustering_sync_delta (
          "version" integer NOT NULL,
          "type" text NOT NULL,
          "pk" json NOT NULL,
          "ws_id" uuid NOT NULL,
          "entity" json,
          CONSTRAINT clustering_sync_delta_version_fkey FOREIGN KEY ("version") REFERENCES clustering_sync_version ("version") ON DELETE CASCADE
        );
        CREATE INDEX clustering_sync_delta_version_idx ON clustering_sync_delta ("version");
        """#
}
