import Foundation
import KongCore
import KongTesting

@testable import KongStore

extension PostgresServer {
    /// One server for all tests that leave it as it is.
    static let shared: PostgresServer? = try? PostgresServer()

    /// Settings for an empty database of its own.
    func freshDatabase() throws -> PostgresSettings {
        var settings = PostgresSettings()
        settings.port = port
        settings.database = try makeDatabase()
        settings.timeoutMilliseconds = 20_000
        settings.pollSeconds = 1
        settings.nodeID = RandomText.uuid()
        return settings
    }
}
