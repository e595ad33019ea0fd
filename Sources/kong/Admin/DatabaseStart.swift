import KongCore
import KongStore

/// Whether the database can be started on.
struct DatabaseStart {
    let settings: Settings

    func run(runsMigrations: Bool) throws {
        guard let migrations = try Self.migrations(settings) else { return }
        do {
            var state = try migrations.state()
            if state.needsBootstrap, runsMigrations {
                try migrations.bootstrap()
                state = try migrations.state()
            } else if !state.new.isEmpty, runsMigrations {
                _ = try migrations.up()
                try migrations.finish()
                state = try migrations.state()
            }
            if state.needsBootstrap {
                throw CommandError(
                    PostgresMigrations.needsBootstrapText
                        + "\n\nTo start a new installation from scratch, run 'kong migrations bootstrap'.")
            }
            if !state.new.isEmpty {
                throw CommandError("New migrations available; run 'kong migrations up' to proceed")
            }
            if !state.pending.isEmpty {
                Console.warn("Database has pending migrations; run 'kong migrations finish' when ready")
            }
        } catch let error as PostgresError {
            throw CommandError("[PostgreSQL error] \(error)")
        }
    }

    /// nil where the database has no migrations of its own.
    static func migrations(_ settings: Settings) throws -> PostgresMigrations? {
        guard settings.database == "postgres" else { return nil }
        return PostgresMigrations(PostgresSettings(settings) ?? PostgresSettings())
    }
}
