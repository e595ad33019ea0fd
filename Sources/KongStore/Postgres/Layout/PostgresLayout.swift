/// The statements that make an empty database Kong 3.9's.
enum PostgresLayout {
    /// In an order in which every table finds those it refers to.
    static let statements = [functions, infrastructure, gateway, plugins, clustering]

    /// Behind the triggers: the table `tags` follows its entities, and expired rows go a few at a time.
    private static let functions = #"""
        CREATE OR REPLACE FUNCTION sync_tags() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            IF (TG_OP = 'TRUNCATE') THEN
              DELETE FROM tags WHERE entity_name = TG_TABLE_NAME;
              RETURN NULL;
            ELSIF (TG_OP = 'DELETE') THEN
              DELETE FROM tags WHERE entity_id = OLD.id;
              RETURN OLD;
            ELSE
              INSERT INTO tags VALUES (NEW.id, TG_TABLE_NAME, NEW.tags)
                ON CONFLICT (entity_id) DO UPDATE SET tags = EXCLUDED.tags;
            END IF;
            RETURN NEW;
          END;
        $$;

        CREATE OR REPLACE FUNCTION batch_delete_expired_rows() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            EXECUTE FORMAT('WITH rows AS (SELECT ctid FROM %s WHERE %s < CURRENT_TIMESTAMP AT TIME ZONE ''UTC'''
              || ' ORDER BY %s LIMIT 2 FOR UPDATE SKIP LOCKED)'
              || ' DELETE FROM %s WHERE ctid IN (TABLE rows)', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[0], TG_TABLE_NAME);
            RETURN NULL;
          END;
        $$;
        """#

    /// What this gateway adds, unseen by Kong: every changed row leaves its key under the number of its transaction.
    ///
    /// The trigger is deferred: it takes the counter's row last, so that whoever holds it needs no
    /// other lock, and numbers are committed in their order, whoever writes (a Kong, a psql, us).
    static let changeLog = #"""
        CREATE TABLE IF NOT EXISTS kong_change_version (
          singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
          version bigint NOT NULL,
          forgotten bigint NOT NULL
        );
        INSERT INTO kong_change_version (version, forgotten)
          SELECT start, start FROM (SELECT (1 + floor(random() * 1000000000))::bigint << 32 AS start) AS x
          ON CONFLICT DO NOTHING;

        CREATE TABLE IF NOT EXISTS kong_change_log (
          version bigint NOT NULL,
          entity text NOT NULL,
          key text NOT NULL,
          at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX IF NOT EXISTS kong_change_log_version_idx ON kong_change_log (version);

        CREATE OR REPLACE FUNCTION kong_next_version() RETURNS bigint LANGUAGE plpgsql AS $$
          DECLARE
            taken text := current_setting('kong.change_version', true);
            issued bigint;
          BEGIN
            IF taken IS NOT NULL AND taken <> '' THEN
              RETURN taken::bigint;
            END IF;
            UPDATE kong_change_version SET version = version + 1 RETURNING version INTO issued;
            PERFORM set_config('kong.change_version', issued::text, true);
            PERFORM pg_notify('kong_changes', issued::text);
            RETURN issued;
          END;
        $$;

        CREATE OR REPLACE FUNCTION kong_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
          DECLARE
            issued bigint := kong_next_version();
            changed text;
          BEGIN
            IF TG_ARGV[0] = 'id' THEN
              IF TG_OP = 'DELETE' THEN changed := OLD.id; ELSE changed := NEW.id; END IF;
            ELSE
              IF TG_OP = 'DELETE' THEN changed := OLD.key; ELSE changed := NEW.key; END IF;
            END IF;
            INSERT INTO kong_change_log (version, entity, key) VALUES (issued, TG_TABLE_NAME, changed);
            RETURN NULL;
          END;
        $$;
        """#

    /// Makes a table's changes leave their traces; does nothing where they already do.
    static func changeTrigger(_ table: Table) -> String {
        """
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_trigger
              WHERE tgrelid = '\(table.name)'::regclass AND tgname = 'kong_change_log_trigger') THEN
            CREATE CONSTRAINT TRIGGER kong_change_log_trigger AFTER INSERT OR UPDATE OR DELETE ON \(table.name)
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE PROCEDURE kong_log_change('\(table.key)');
          END IF;
        END $$;
        """
    }
}
