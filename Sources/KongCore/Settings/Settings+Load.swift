extension Settings {
    /// Merges and checks a configuration.
    ///
    /// - Parameters:
    ///   - file: Text of kong.conf; nil when there is none.
    ///   - environment: The process's variables: `KONG_*` and what `{vault://env/…}` names.
    ///   - overrides: From the command line; they win.
    ///   - workingDirectory: What relative paths are relative to.
    ///   - readsVariables: False for `.kong_env`, which already holds what `KONG_*` said at start.
    /// - Throws: Every violation at once.
    public static func load(
        file: String? = nil, environment: [String: String] = [:], overrides: [String: String] = [:],
        workingDirectory: String = "/", readsVariables: Bool = true
    ) throws(SettingsError) -> Settings {
        var settings = Settings()
        settings.collect(file: file, environment: readsVariables ? environment : [:], overrides: overrides)
        settings.applyAliases()
        settings.makePathsAbsolute(workingDirectory)

        var violations: [String] = []
        let texts = settings.dereferenced(environment: environment, &violations)
        settings.readValues(texts, &violations)
        settings.applyCipherSuite(&violations)
        settings.fanOutDirectives(given: texts)
        settings.parseListeners(&violations)
        settings.validate(&violations)
        guard violations.isEmpty else { throw SettingsError(violations, warnings: settings.warnings) }

        for block in NginxBlock.allCases { settings.directives[block] = block.directives(in: settings.values) }
        settings.warnAboutInertProperties()
        return settings
    }

    private mutating func collect(file: String?, environment: [String: String], overrides: [String: String]) {
        for entry in SettingsText.parse(file ?? "") {
            if Properties.isKnown(entry.name) {
                given[entry.name] = entry.value
            } else {
                warnings.append(Self.unknown(entry.name) + " (line \(entry.line))")
            }
        }
        for (variable, value) in environment.sorted(by: { $0.key < $1.key }) {
            guard let name = variable.value(after: "KONG_")?.lowercased(), !name.isEmpty else { continue }
            if Properties.isKnown(name) {
                given[name] = value
            } else if NearestName.find(name, in: Properties.byName.keys) != nil {
                // Other KONG_ variables are common (images, service links), so only near misses are reported.
                warnings.append(Self.unknown(name) + " (environment variable \(variable))")
            }
        }
        for (name, value) in overrides { given[name] = value }
    }

    private static func unknown(_ name: String) -> String {
        let nearest = NearestName.find(name, in: Properties.byName.keys)
        return "unknown property '\(name)'" + (nearest.map { ", did you mean '\($0)'?" } ?? ", ignored")
    }

    private mutating func applyAliases() {
        for (old, new) in Properties.aliases {
            guard let value = given[old], given[new] == nil else { continue }
            given[new] = value
            if Properties.named(old) == nil {
                given[old] = nil
                warnings.append("the '\(old)' property is deprecated, use '\(new)' instead")
            }
        }
    }

    private mutating func makePathsAbsolute(_ workingDirectory: String) {
        let paths = [
            "prefix", "declarative_config", "error_template_html", "error_template_json", "error_template_xml",
            "error_template_plain",
        ]
        for name in paths {
            guard let path = given[name], !path.isEmpty, !path.hasPrefix("{vault://") else { continue }
            given[name] = Path.absolute(path, in: workingDirectory)
        }
    }

    private mutating func readValues(_ texts: [String: String], _ violations: inout [String]) {
        for property in Properties.all {
            let text = texts[property.name] ?? property.defaultText ?? ""
            guard let value = SettingValue(text, kind: property.kind) else {
                if property.kind == .number, !text.trimmed().isEmpty {
                    violations.append("\(property.name) is not a number: '\(text)'")
                }
                continue
            }
            if property.kind == .boolean, !["on", "off", "true", "false", ""].contains(text.trimmed()) {
                warnings.append("\(property.name) is neither on nor off: '\(text)', taken as off")
            }
            if let allowed = property.allowed, !allowed.contains(value.text) {
                violations.append(
                    "\(property.name) has an invalid value: '\(value.text)' (\(allowed.joined(separator: ", ")))")
            }
            values[property.name] = value
        }
        for (name, text) in texts where Properties.named(name) == nil {
            values[name] = SettingValue(text, kind: .string)
        }
        if let prefix = values["prefix"]?.text { values["prefix"] = .string(Path.absolute(prefix, in: "/")) }
    }

    private mutating func applyCipherSuite(_ violations: inout [String]) {
        let name = string("ssl_cipher_suite") ?? "intermediate"
        guard name != "custom" else { return }
        guard let suite = CipherSuite.named(name) else {
            violations.append("Undefined cipher suite \(name)")
            return
        }
        values["ssl_protocols"] = .string(suite.protocols)
        values["ssl_prefer_server_ciphers"] = .string(suite.prefersServerCiphers)
        values["ssl_dhparam"] = suite.dhGroup.map { .string($0) }
        values["ssl_ciphers"] = suite.ciphers.map { .string($0) }
    }

    /// `ssl_protocols` and its like are short for the directives of both subsystems.
    private mutating func fanOutDirectives(given texts: [String: String]) {
        let names = [
            "ssl_protocols", "ssl_prefer_server_ciphers", "ssl_dhparam", "ssl_session_tickets", "ssl_session_timeout",
        ]
        for name in names {
            for block in [NginxBlock.http, .stream] where texts[block.prefix + name] == nil {
                guard let value = values[name] else { continue }
                // A named group is a file in the prefix, written when the prefix is prepared.
                let isGroup = name == "ssl_dhparam" && value.text.hasPrefix("ffdhe")
                values[block.prefix + name] = isGroup ? .string(Self.quoted("\(prefix)/ssl/\(value.text).pem")) : value
            }
        }
    }

    private mutating func parseListeners(_ violations: inout [String]) {
        let properties: [(name: String, subsystem: Listener.Subsystem)] = [
            ("proxy_listen", .http), ("admin_listen", .http), ("status_listen", .http), ("admin_gui_listen", .http),
            ("cluster_listen", .http), ("stream_listen", .stream),
        ]
        for (name, subsystem) in properties {
            if let parsed = Listener.parse(list(name), subsystem) {
                listeners[name] = parsed
            } else {
                violations.append("\(name) \(subsystem.usage)")
            }
        }
    }

    /// One line for all of them, so that it is read.
    private mutating func warnAboutInertProperties() {
        let inert = given.keys.sorted().compactMap { name -> String? in
            guard let property = Properties.named(name), let reason = property.inertReason else { return nil }
            let isDefault = SettingValue(given[name] ?? "", kind: property.kind) == property.defaultValue
            return isDefault || given[name] == "off" ? nil : "\(name) (\(reason))"
        }
        let unusable = values.keys.sorted().filter { name in
            NginxBlock.allCases.contains { name.value(after: $0.prefix)?.hasPrefix("lua_") ?? false }
                && given[name] != nil && Properties.named(name) == nil
        }
        let all = inert + unusable.map { "\($0) (nginx here has no Lua)" }
        guard !all.isEmpty else { return }
        warnings.append("properties without effect here: " + all.joined(separator: ", "))
    }
}

extension Property {
    /// The default, read like any value.
    public var defaultValue: SettingValue? { defaultText.flatMap { SettingValue($0, kind: kind) } }
}
