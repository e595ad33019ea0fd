// Kong 3.9's layout, name by name: an existing database must work here, and ours there.

extension PostgresLayout {
    /// The tables of the cluster itself, and of certificates.
    static let infrastructure = #"""
        CREATE TABLE ca_certificates (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "cert" text NOT NULL,
          "tags" text[],
          "cert_digest" text NOT NULL,
          "updated_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          CONSTRAINT ca_certificates_pkey PRIMARY KEY ("id"),
          CONSTRAINT ca_certificates_cert_digest_key UNIQUE ("cert_digest")
        );
        CREATE TRIGGER ca_certificates_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON ca_certificates
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();

        CREATE TABLE cluster_events (
          "id" uuid NOT NULL,
          "node_id" uuid NOT NULL,
          "at" timestamptz NOT NULL,
          "nbf" timestamptz,
          "expire_at" timestamptz NOT NULL,
          "channel" text,
          "data" text,
          CONSTRAINT cluster_events_pkey PRIMARY KEY ("id")
        );
        CREATE INDEX cluster_events_at_idx ON cluster_events ("at");
        CREATE INDEX cluster_events_channel_idx ON cluster_events ("channel");
        CREATE INDEX cluster_events_expire_at_idx ON cluster_events ("expire_at");
        CREATE TRIGGER cluster_events_ttl_trigger AFTER INSERT ON cluster_events
          FOR EACH STATEMENT EXECUTE PROCEDURE batch_delete_expired_rows('expire_at');

        CREATE TABLE locks (
          "key" text NOT NULL,
          "owner" text,
          "ttl" timestamptz,
          CONSTRAINT locks_pkey PRIMARY KEY ("key")
        );
        CREATE INDEX locks_ttl_idx ON locks ("ttl");

        CREATE TABLE parameters (
          "key" text NOT NULL,
          "value" text NOT NULL,
          "created_at" timestamptz,
          CONSTRAINT parameters_pkey PRIMARY KEY ("key")
        );

        CREATE TABLE schema_meta (
          "key" text NOT NULL,
          "subsystem" text NOT NULL,
          "last_executed" text,
          "executed" text[],
          "pending" text[],
          CONSTRAINT schema_meta_pkey PRIMARY KEY ("key", "subsystem")
        );

        CREATE TABLE tags (
          "entity_id" uuid NOT NULL,
          "entity_name" text,
          "tags" text[],
          CONSTRAINT tags_pkey PRIMARY KEY ("entity_id")
        );
        CREATE INDEX tags_entity_name_idx ON tags ("entity_name");
        CREATE INDEX tags_tags_idx ON tags USING gin ("tags");

        CREATE TABLE workspaces (
          "id" uuid NOT NULL,
          "name" text,
          "comment" text,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "meta" jsonb,
          "config" jsonb,
          "updated_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          CONSTRAINT workspaces_pkey PRIMARY KEY ("id"),
          CONSTRAINT workspaces_name_key UNIQUE ("name")
        );

        CREATE TABLE certificates (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "cert" text,
          "key" text,
          "tags" text[],
          "ws_id" uuid,
          "cert_alt" text,
          "key_alt" text,
          "updated_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          CONSTRAINT certificates_pkey PRIMARY KEY ("id"),
          CONSTRAINT certificates_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT certificates_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX certificates_tags_idx ON certificates USING gin ("tags");
        CREATE TRIGGER certificates_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON certificates
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();

        CREATE TABLE snis (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "name" text NOT NULL,
          "certificate_id" uuid,
          "tags" text[],
          "ws_id" uuid,
          "updated_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          CONSTRAINT snis_pkey PRIMARY KEY ("id"),
          CONSTRAINT snis_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT snis_name_key UNIQUE ("name"),
          CONSTRAINT snis_certificate_id_fkey FOREIGN KEY ("certificate_id", "ws_id") REFERENCES certificates ("id", "ws_id"),
          CONSTRAINT snis_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX snis_certificate_id_idx ON snis ("certificate_id");
        CREATE INDEX snis_tags_idx ON snis USING gin ("tags");
        CREATE TRIGGER snis_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON snis
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();
        """#
}
