import Foundation
import KongCore
import KongSnapshot
import KongStore

/// Whether the database can be started on.
struct DatabaseStart {
    let settings: Settings

    /// How long a node that has nothing else to serve waits for its database: time for a neighbour to come up.
    private static let patienceSeconds = 5.0

    func run(runsMigrations: Bool) throws {
        guard let (migrations, postgres) = try Self.database(settings) else { return }
        let deadline = Date().addingTimeInterval(Self.patienceSeconds)
        while true {
            do { return try check(migrations, runsMigrations: runsMigrations) } catch let error as PostgresError {
                guard error.isConnectionLoss else { throw CommandError("[PostgreSQL error] \(error)") }
                if holdsLastConfiguration(of: postgres) {
                    return Console.warn(
                        "\(error)\n[warn] starting with the configuration that this node served last;"
                            + " the Admin API answers 503 until Postgres is back")
                }
                guard Date() < deadline else {
                    throw CommandError(
                        "[PostgreSQL error] \(error)\n\nThis node has no configuration of that database to start"
                            + " with: check that Postgres runs, and pg_host, pg_port and the network between them")
                }
                usleep(250_000)
            }
        }
    }

    private func check(_ migrations: PostgresMigrations, runsMigrations: Bool) throws {
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
            throw CommandError("\(state.newText)\n\n\(state.upgradeText)")
        }
        for (subsystem, names) in state.unknown {
            Console.warn(
                "the database is of a later release (\(subsystem) \(names.joined(separator: ", "))): what that one added"
                    + " has no effect here")
        }
        if !state.pending.isEmpty {
            Console.warn("Database has pending migrations; run 'kong migrations finish' when ready")
        }
    }

    private func holdsLastConfiguration(of postgres: PostgresSettings) -> Bool {
        SnapshotWriter.origin(at: settings.snapshotPath, mapSize: settings.snapshotMapSizeBytes)?.address
            == postgres.address
    }

    /// nil where the database has no migrations of its own.
    private static func database(_ settings: Settings) throws -> (PostgresMigrations, PostgresSettings)? {
        guard settings.database == "postgres" else { return nil }
        let postgres = try PostgresSettings(settings) ?? PostgresSettings()
        return (PostgresMigrations(postgres), postgres)
    }
}
