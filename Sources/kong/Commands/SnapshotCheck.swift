import ArgumentParser
import KongSnapshot

/// Reads a snapshot through. The admin process runs it as a child: a damaged file may end whoever follows it.
struct SnapshotCheck: ParsableCommand {
    static let verb = "snapshot-check"
    static let configuration = CommandConfiguration(
        commandName: verb, abstract: "Read the workers' snapshot through.", shouldDisplay: false)

    /// Told apart from a command that could not run (1).
    static let damaged: Int32 = 65

    @Argument(help: "The snapshot's directory.") var path: String
    @Option(name: .customLong("map-size"), help: "Bytes of the map.") var mapSize: Int

    func run() throws {
        do {
            try SnapshotVerification.check(path: path, mapSize: mapSize)
        } catch let error as SnapshotError {
            Console.printError("\(error)")
            switch error {
            case .damaged, .unfilled: throw ExitCode(Self.damaged)
            case .full, .lmdb: throw ExitCode(1)
            }
        }
    }
}
