import ArgumentParser
import KongAdmin
import KongCore

struct Drain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Make the readiness check fail, so that load balancers send no new requests.",
        discussion: "Needs a status listener (status_listen).\n\nExample: kong drain && sleep 30 && kong quit")

    @OptionGroup var conf: ConfOption
    @OptionGroup var prefix: PrefixOption

    func run() throws {
        let settings = try SettingsSource.running(prefix: prefix.prefix)
        guard let listener = settings.statusListen.first(where: { !$0.isTLS }) else {
            throw CommandError("status_listen has no listener without TLS to send the drain to: set status_listen")
        }
        let host = listener.ip == "0.0.0.0" ? "127.0.0.1" : listener.ip == "[::]" ? "[::1]" : listener.ip
        let reply = try LocalHTTP(.tcp(host: host, port: listener.port)).send(
            "POST", "/status/ready", body: #"{"status":"draining"}"#)
        guard reply.status == 204 else { throw CommandError("the Status API answered \(reply.status): \(reply.text)") }
        Console.print("Kong is draining")
    }
}
