import Foundation
import KongCore

/// The account that nginx's workers run as.
struct WorkerAccount {
    var user: uid_t
    var group: gid_t

    /// Unprivileged masters keep their own account.
    static func resolve(_ settings: Settings) -> WorkerAccount {
        guard getuid() == 0 else { return WorkerAccount(user: getuid(), group: getgid()) }
        let words = (settings.string("nginx_main_user") ?? "").split(separator: " ").map(String.init)
        if let name = words.first, let account = named(name) {
            var resolved = account
            if words.count > 1, let group = getgrnam(words[1]) { resolved.group = group.pointee.gr_gid }
            return resolved
        }
        // What nginx falls back to.
        return named("nobody") ?? WorkerAccount(user: 65534, group: 65534)
    }

    static func exists(_ name: String) -> Bool { named(name) != nil }

    private static func named(_ name: String) -> WorkerAccount? {
        guard let entry = getpwnam(name) else { return nil }
        return WorkerAccount(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }
}
