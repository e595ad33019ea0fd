import Foundation
import KongCore
import KongPlugins

/// A node: a prefix with nginx and the admin process.
struct Node {
    let settings: Settings
    let installation: Installation
    let nginx: Nginx

    init(_ settings: Settings) throws {
        self.settings = settings
        installation = try Installation.locate()
        nginx = try Nginx(settings: settings)
    }

    private var prefix: Prefix { Prefix(settings: settings) }
    private var admin: AdminControl { AdminControl(settings: settings, installation: installation) }

    private func configurationSet(_ settings: Settings, _ template: TemplateOptions) throws -> ConfigurationSet {
        try ConfigurationSet(
            settings: settings, installation: installation, nginx: nginx, custom: template.nginxConf,
            flags: template.flags, bundledPlugins: BundledPlugins.available.sorted())
    }

    func prepare(_ template: TemplateOptions) throws {
        try prefix.prepare()
        let lock = try prefix.lock()
        defer { withExtendedLifetime(lock) {} }
        try configurationSet(settings, template).install()
        try RunningSettings.write(settings)
    }

    func start(_ template: TemplateOptions, _ database: DatabaseOptions) throws {
        try prefix.prepare()
        let lock = try prefix.lock()
        defer { withExtendedLifetime(lock) {} }
        if Nginx.running(settings) != nil {
            guard AdminControl.running(settings) == nil else {
                throw CommandError("Kong is already running in \(settings.prefix)")
            }
            try startAdminAlone()
            Console.print("Kong started")
            return
        }
        try AdminControl.stop(settings)
        // Their ports are this node's own; they go on serving until everything else is ready.
        let orphans = OrphanedWorkers.find(settings)
        try ListenerCheck.check(
            settings, properties: (orphans.isEmpty ? ["proxy_listen"] : []) + ["admin_listen", "status_listen"])
        try DatabaseStart(settings: settings).run(runsMigrations: database.runMigrations)
        prefix.removeDanglingSockets()
        try configurationSet(settings, template).install()
        try RunningSettings.write(settings)
        try admin.start()
        if !orphans.isEmpty {
            Console.warn("nginx's master is gone, \(orphans.count) of its workers still serve: replacing them")
            orphans.quit()
        }
        if settings.string("nginx_main_daemon") == "off" {
            try runInForeground()
            return
        }
        do {
            try nginx.start()
            Nginx.waitForWorkers(settings)
        } catch {
            try? AdminControl.stop(settings)  // The first error is the one to report.
            throw error
        }
        Console.print("Kong started")
    }

    /// nginx goes on with what it was started with, so the admin process must too.
    private func startAdminAlone() throws {
        let recorded = try SettingsSource.recorded(in: settings.prefix)
        Console.verbose("nginx runs; starting the admin process with its settings")
        try AdminControl(settings: recorded, installation: installation).start()
    }

    func stop() throws {
        let process = Nginx.running(settings)
        let isAdminRunning = AdminControl.running(settings) != nil
        let orphans = process == nil ? OrphanedWorkers.find(settings) : OrphanedWorkers([])
        guard process != nil || isAdminRunning || !orphans.isEmpty else {
            throw CommandError("nginx not running in prefix: \(settings.prefix)")
        }
        if let process {
            try process.send(SIGTERM)
            if !process.waitForExit(seconds: 30) {
                try process.send(SIGKILL)
                _ = process.waitForExit(seconds: 5)
            }
        }
        orphans.stop()
        try AdminControl.stop(settings)
    }

    /// - Returns: Whether every request in flight was answered in time.
    func quit(timeoutSeconds: Double) throws -> Bool {
        guard let process = Nginx.running(settings) else {
            throw CommandError("nginx not running in prefix: \(settings.prefix)")
        }
        try process.send(SIGQUIT)
        let isGraceful = process.waitForExit(seconds: timeoutSeconds)
        if !isGraceful {
            try process.send(SIGTERM)
            _ = process.waitForExit(seconds: 30)
        }
        try AdminControl.stop(settings)
        return isGraceful
    }

    func reload(_ template: TemplateOptions, from running: Settings) throws {
        guard let process = Nginx.running(running) else {
            throw CommandError("nginx not running in prefix: \(settings.prefix)")
        }
        try prefix.prepare()
        let lock = try prefix.lock()
        defer { withExtendedLifetime(lock) {} }
        try checkNewListeners(from: running)
        try configurationSet(settings, template).install()
        try RunningSettings.write(settings)
        if settings.given != running.given || AdminControl.running(settings) == nil {
            try restartAdmin(fallback: running)
        }
        try NginxReload(process: process, settings: settings).run()
    }

    /// Those that the running node holds are in use by the node itself.
    private func checkNewListeners(from running: Settings) throws {
        for property in ["proxy_listen", "admin_listen", "status_listen"] {
            var changed = settings
            let held = Set((running.listeners[property] ?? []).map(\.address))
            changed.keepListeners(of: property) { !held.contains($0.address) }
            try ListenerCheck.check(changed, properties: [property])
        }
    }

    private func restartAdmin(fallback: Settings) throws {
        try AdminControl.stop(settings)
        do {
            try admin.start()
        } catch {
            try? RunningSettings.write(fallback)  // Already failing: the first error is the one to report.
            try? AdminControl(settings: fallback, installation: installation).start()
            throw error
        }
    }

    private func runInForeground() throws {
        let status = try ForegroundProcess(path: nginx.path, arguments: nginx.startArguments).run()
        try AdminControl.stop(settings)
        if status != 0 {
            throw CommandError("nginx ended with status \(status): see \(settings.prefix)/logs/error.log")
        }
    }
}
