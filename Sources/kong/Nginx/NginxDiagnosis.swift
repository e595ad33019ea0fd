import Foundation
import KongCore

/// Turns what nginx printed into one line that says what is wrong and what to do.
struct NginxDiagnosis {
    typealias OriginLookup = (_ path: String, _ line: Int) -> RenderedTemplate.Origin?

    let error: CommandError

    init(_ output: String, origin: OriginLookup) {
        let lines = output.split(separator: "\n").map(String.init)
        let complaint = lines.first { $0.contains("[emerg]") } ?? lines.first { $0.contains("[alert]") } ?? lines.last
        error = CommandError(Self.explain(Self.message(complaint ?? "nginx failed"), origin), detail: output)
    }

    /// Without level, time and pid.
    private static func message(_ line: String) -> String {
        var text = line[...]
        if let level = line.range(of: "] ") { text = line[level.upperBound...] }
        // `12345#0: ` stands before the message of a running nginx.
        if let hash = text.firstIndex(of: "#"), text[..<hash].allSatisfy(\.isNumber),
            let colon = text.firstIndex(of: ":")
        {
            text = text[text.index(after: colon)...]
        }
        return text.trimmingCharacters(in: .whitespaces)
    }

    private static func explain(_ message: String, _ origin: OriginLookup) -> String {
        if message.hasPrefix("bind() to"), message.contains("Address already in use") {
            let address = message.split(separator: " ").dropFirst(2).first ?? ""
            return ListenerCheck.message(address: String(address), property: "its listener")
        }
        if message.contains("Permission denied"), message.hasPrefix("bind() to") {
            return "\(message): ports below 1024 need root or CAP_NET_BIND_SERVICE; choose another port"
        }
        if message.contains("version") && message.contains("instead of") || message.contains("is not binary compatible")
        {
            return "the module was built for another nginx (\(message)): run 'make build' again on this machine"
        }
        if message.hasPrefix("dlopen()") {
            return "nginx could not load the module: \(message). Run 'make build', or 'make install' again"
        }
        if message.contains("No space left on device") {
            return "nginx: \(message): free space on that file system"
        }
        return "nginx refuses the configuration: " + translated(message, origin)
    }

    /// `… in /p/.next/nginx.conf:12` → the template's own line.
    private static func translated(_ message: String, _ lookup: OriginLookup) -> String {
        guard let place = message.range(of: " in /", options: .backwards) else { return message }
        let location = message[place.lowerBound...].dropFirst(" in ".count)
        guard let colon = location.lastIndex(of: ":"), let line = Int(location[location.index(after: colon)...]),
            let origin = lookup(String(location[..<colon]), line)
        else { return message }
        return "\(origin.file):\(origin.line): \(message[..<place.lowerBound])"
    }
}
