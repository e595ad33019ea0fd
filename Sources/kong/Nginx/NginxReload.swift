import Foundation
import KongCore

/// Sends HUP and finds out whether nginx took the new configuration.
struct NginxReload {
    let process: RunningProcess
    let settings: Settings

    func run() throws {
        let log = settings.prefix + "/logs/error.log"
        let before = (try? Files.readBytes(log).count) ?? 0
        let workers = process.children
        try process.send(SIGHUP)
        // nginx says nothing to the sender: either new workers appear, or an [emerg] line does.
        let deadline = Date().addingTimeInterval(10)
        while Date() < deadline {
            if !process.children.subtracting(workers).isEmpty { return }
            if let line = complaint(log, from: before) { throw NginxDiagnosis(line) { _, _ in nil }.error }
            usleep(20_000)
        }
        throw CommandError("nginx did not start new workers in 10 s: see \(log)")
    }

    private func complaint(_ log: String, from offset: Int) -> String? {
        guard let bytes = try? Files.readBytes(log), bytes.count > offset else { return nil }
        return String(decoding: bytes[offset...], as: UTF8.self).split(separator: "\n")
            .first { $0.contains("[emerg]") }.map(String.init)
    }
}
