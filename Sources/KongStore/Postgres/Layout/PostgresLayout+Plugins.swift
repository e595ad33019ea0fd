// Kong 3.9's layout, name by name: an existing database must work here, and ours there.

extension PostgresLayout {
    /// The tables that plugins own.
    static let plugins = #"""
        CREATE TABLE acme_storage (
          "id" uuid NOT NULL,
          "key" text,
          "value" text,
          "created_at" timestamptz,
          "ttl" timestamptz,
          CONSTRAINT acme_storage_pkey PRIMARY KEY ("id"),
          CONSTRAINT acme_storage_key_key UNIQUE ("key")
        );
        CREATE INDEX acme_storage_ttl_idx ON acme_storage ("ttl");
        CREATE TRIGGER acme_storage_ttl_trigger AFTER INSERT ON acme_storage
          FOR EACH STATEMENT EXECUTE PROCEDURE batch_delete_expired_rows('ttl');

        CREATE TABLE ratelimiting_metrics (
          "identifier" text NOT NULL,
          "period" text NOT NULL,
          "period_date" timestamptz NOT NULL,
          "service_id" uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
          "route_id" uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
          "value" integer,
          "ttl" timestamptz,
          CONSTRAINT ratelimiting_metrics_pkey PRIMARY KEY ("identifier", "period", "period_date", "service_id", "route_id")
        );
        CREATE INDEX ratelimiting_metrics_idx ON ratelimiting_metrics ("service_id", "route_id", "period_date", "period");
        CREATE INDEX ratelimiting_metrics_ttl_idx ON ratelimiting_metrics ("ttl");
        CREATE TRIGGER ratelimiting_metrics_ttl_trigger AFTER INSERT ON ratelimiting_metrics
          FOR EACH STATEMENT EXECUTE PROCEDURE batch_delete_expired_rows('ttl');

        CREATE TABLE response_ratelimiting_metrics (
          "identifier" text NOT NULL,
          "period" text NOT NULL,
          "period_date" timestamptz NOT NULL,
          "service_id" uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
          "route_id" uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
          "value" integer,
          CONSTRAINT response_ratelimiting_metrics_pkey PRIMARY KEY ("identifier", "period", "period_date", "service_id", "route_id")
        );

        CREATE TABLE sessions (
          "id" uuid NOT NULL,
          "session_id" text,
          "expires" integer,
          "data" text,
          "created_at" timestamptz,
          "ttl" timestamptz,
          CONSTRAINT sessions_pkey PRIMARY KEY ("id"),
          CONSTRAINT sessions_session_id_key UNIQUE ("session_id")
        );
        CREATE INDEX session_sessions_expires_idx ON sessions ("expires");
        CREATE INDEX sessions_ttl_idx ON sessions ("ttl");
        CREATE TRIGGER sessions_ttl_trigger AFTER INSERT ON sessions
          FOR EACH STATEMENT EXECUTE PROCEDURE batch_delete_expired_rows('ttl');

        CREATE TABLE acls (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "consumer_id" uuid,
          "group" text,
          "cache_key" text,
          "tags" text[],
          "ws_id" uuid,
          CONSTRAINT acls_pkey PRIMARY KEY ("id"),
          CONSTRAINT acls_cache_key_key UNIQUE ("cache_key"),
          CONSTRAINT acls_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT acls_consumer_id_fkey FOREIGN KEY ("consumer_id", "ws_id") REFERENCES consumers ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT acls_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX acls_consumer_id_idx ON acls ("consumer_id");
        CREATE INDEX acls_group_idx ON acls ("group");
        CREATE INDEX acls_tags_idex_tags_idx ON acls USING gin ("tags");
        CREATE TRIGGER acls_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON acls
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();

        CREATE TABLE basicauth_credentials (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "consumer_id" uuid,
          "username" text,
          "password" text,
          "tags" text[],
          "ws_id" uuid,
          CONSTRAINT basicauth_credentials_pkey PRIMARY KEY ("id"),
          CONSTRAINT basicauth_credentials_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT basicauth_credentials_ws_id_username_unique UNIQUE ("ws_id", "username"),
          CONSTRAINT basicauth_credentials_consumer_id_fkey FOREIGN KEY ("consumer_id", "ws_id") REFERENCES consumers ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT basicauth_credentials_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX basicauth_consumer_id_idx ON basicauth_credentials ("consumer_id");
        CREATE INDEX basicauth_tags_idex_tags_idx ON basicauth_credentials USING gin ("tags");
        CREATE TRIGGER basicauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON basicauth_credentials
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();

        CREATE TABLE hmacauth_credentials (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "consumer_id" uuid,
          "username" text,
          "secret" text,
          "tags" text[],
          "ws_id" uuid,
          CONSTRAINT hmacauth_credentials_pkey PRIMARY KEY ("id"),
          CONSTRAINT hmacauth_credentials_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT hmacauth_credentials_ws_id_username_unique UNIQUE ("ws_id", "username"),
          CONSTRAINT hmacauth_credentials_consumer_id_fkey FOREIGN KEY ("consumer_id", "ws_id") REFERENCES consumers ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT hmacauth_credentials_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX hmacauth_credentials_consumer_id_idx ON hmacauth_credentials ("consumer_id");
        CREATE INDEX hmacauth_tags_idex_tags_idx ON hmacauth_credentials USING gin ("tags");
        CREATE TRIGGER hmacauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON hmacauth_credentials
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();

        CREATE TABLE jwt_secrets (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "consumer_id" uuid,
          "key" text,
          "secret" text,
          "algorithm" text,
          "rsa_public_key" text,
          "tags" text[],
          "ws_id" uuid,
          CONSTRAINT jwt_secrets_pkey PRIMARY KEY ("id"),
          CONSTRAINT jwt_secrets_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT jwt_secrets_ws_id_key_unique UNIQUE ("ws_id", "key"),
          CONSTRAINT jwt_secrets_consumer_id_fkey FOREIGN KEY ("consumer_id", "ws_id") REFERENCES consumers ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT jwt_secrets_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX jwt_secrets_consumer_id_idx ON jwt_secrets ("consumer_id");
        CREATE INDEX jwt_secrets_secret_idx ON jwt_secrets ("secret");
        CREATE INDEX jwtsecrets_tags_idex_tags_idx ON jwt_secrets USING gin ("tags");
        CREATE TRIGGER jwtsecrets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON jwt_secrets
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();

        CREATE TABLE keyauth_credentials (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "consumer_id" uuid,
          "key" text,
          "tags" text[],
          "ttl" timestamptz,
          "ws_id" uuid,
          CONSTRAINT keyauth_credentials_pkey PRIMARY KEY ("id"),
          CONSTRAINT keyauth_credentials_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT keyauth_credentials_ws_id_key_unique UNIQUE ("ws_id", "key"),
          CONSTRAINT keyauth_credentials_consumer_id_fkey FOREIGN KEY ("consumer_id", "ws_id") REFERENCES consumers ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT keyauth_credentials_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX keyauth_credentials_consumer_id_idx ON keyauth_credentials ("consumer_id");
        CREATE INDEX keyauth_credentials_ttl_idx ON keyauth_credentials ("ttl");
        CREATE INDEX keyauth_tags_idex_tags_idx ON keyauth_credentials USING gin ("tags");
        CREATE TRIGGER keyauth_credentials_ttl_trigger AFTER INSERT ON keyauth_credentials
          FOR EACH STATEMENT EXECUTE PROCEDURE batch_delete_expired_rows('ttl');
        CREATE TRIGGER keyauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON keyauth_credentials
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();

        CREATE TABLE oauth2_credentials (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "name" text,
          "consumer_id" uuid,
          "client_id" text,
          "client_secret" text,
          "redirect_uris" text[],
          "tags" text[],
          "client_type" text,
          "hash_secret" boolean,
          "ws_id" uuid,
          CONSTRAINT oauth2_credentials_pkey PRIMARY KEY ("id"),
          CONSTRAINT oauth2_credentials_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT oauth2_credentials_ws_id_client_id_unique UNIQUE ("ws_id", "client_id"),
          CONSTRAINT oauth2_credentials_consumer_id_fkey FOREIGN KEY ("consumer_id", "ws_id") REFERENCES consumers ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT oauth2_credentials_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX oauth2_credentials_consumer_id_idx ON oauth2_credentials ("consumer_id");
        CREATE INDEX oauth2_credentials_secret_idx ON oauth2_credentials ("client_secret");
        CREATE INDEX oauth2_credentials_tags_idex_tags_idx ON oauth2_credentials USING gin ("tags");
        CREATE TRIGGER oauth2_credentials_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON oauth2_credentials
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();

        CREATE TABLE oauth2_tokens (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "credential_id" uuid,
          "service_id" uuid,
          "access_token" text,
          "refresh_token" text,
          "token_type" text,
          "expires_in" integer,
          "authenticated_userid" text,
          "scope" text,
          "ttl" timestamptz,
          "ws_id" uuid,
          CONSTRAINT oauth2_tokens_pkey PRIMARY KEY ("id"),
          CONSTRAINT oauth2_tokens_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT oauth2_tokens_ws_id_access_token_unique UNIQUE ("ws_id", "access_token"),
          CONSTRAINT oauth2_tokens_ws_id_refresh_token_unique UNIQUE ("ws_id", "refresh_token"),
          CONSTRAINT oauth2_tokens_credential_id_fkey FOREIGN KEY ("credential_id", "ws_id") REFERENCES oauth2_credentials ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT oauth2_tokens_service_id_fkey FOREIGN KEY ("service_id", "ws_id") REFERENCES services ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT oauth2_tokens_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX oauth2_tokens_authenticated_userid_idx ON oauth2_tokens ("authenticated_userid");
        CREATE INDEX oauth2_tokens_credential_id_idx ON oauth2_tokens ("credential_id");
        CREATE INDEX oauth2_tokens_service_id_idx ON oauth2_tokens ("service_id");
        CREATE INDEX oauth2_tokens_ttl_idx ON oauth2_tokens ("ttl");
        CREATE TRIGGER oauth2_tokens_ttl_trigger AFTER INSERT ON oauth2_tokens
          FOR EACH STATEMENT EXECUTE PROCEDURE batch_delete_expired_rows('ttl');

        CREATE TABLE oauth2_authorization_codes (
          "id" uuid NOT NULL,
          "created_at" timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'::text),
          "credential_id" uuid,
          "service_id" uuid,
          "code" text,
          "authenticated_userid" text,
          "scope" text,
          "ttl" timestamptz,
          "challenge" text,
          "challenge_method" text,
          "ws_id" uuid,
          "plugin_id" uuid,
          CONSTRAINT oauth2_authorization_codes_pkey PRIMARY KEY ("id"),
          CONSTRAINT oauth2_authorization_codes_id_ws_id_unique UNIQUE ("id", "ws_id"),
          CONSTRAINT oauth2_authorization_codes_ws_id_code_unique UNIQUE ("ws_id", "code"),
          CONSTRAINT oauth2_authorization_codes_credential_id_fkey FOREIGN KEY ("credential_id", "ws_id") REFERENCES oauth2_credentials ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT oauth2_authorization_codes_plugin_id_fkey FOREIGN KEY ("plugin_id") REFERENCES plugins ("id") ON DELETE CASCADE,
          CONSTRAINT oauth2_authorization_codes_service_id_fkey FOREIGN KEY ("service_id", "ws_id") REFERENCES services ("id", "ws_id") ON DELETE CASCADE,
          CONSTRAINT oauth2_authorization_codes_ws_id_fkey FOREIGN KEY ("ws_id") REFERENCES workspaces ("id")
        );
        CREATE INDEX oauth2_authorization_codes_authenticated_userid_idx ON oauth2_authorization_codes ("authenticated_userid");
        CREATE INDEX oauth2_authorization_codes_ttl_idx ON oauth2_authorization_codes ("ttl");
        CREATE INDEX oauth2_authorization_credential_id_idx ON oauth2_authorization_codes ("credential_id");
        CREATE INDEX oauth2_authorization_service_id_idx ON oauth2_authorization_codes ("service_id");
        CREATE TRIGGER oauth2_authorization_codes_ttl_trigger AFTER INSERT ON oauth2_authorization_codes
          FOR EACH STATEMENT EXECUTE PROCEDURE batch_delete_expired_rows('ttl');
        """#
}
