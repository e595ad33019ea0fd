/// Texts generated from the declarations: kong.conf.default and docs/settings.md.
public enum SettingsDocument {
    /// kong.conf.default: every property with its default, commented out.
    public static func defaultFile() -> String {
        var out = """
            # Generated from Sources/KongCore/Settings by scripts/generate.sh; do not edit.
            #
            # Copy to /etc/kong/kong.conf and uncomment what you change. Each property can also
            # be given as an environment variable: KONG_LOG_LEVEL=debug sets log_level.
            # A '#' starts a comment; write '\\#' for the character itself.

            """
        for section in Properties.sections {
            out += "\n#" + String(repeating: "-", count: 78) + "\n# \(section.title)\n#"
            out += String(repeating: "-", count: 78) + "\n\n"
            for property in section.properties { out += entry(property) }
        }
        return out
    }

    private static func entry(_ property: Property) -> String {
        let setting = "#\(property.name) =" + (property.defaultText.map { " " + $0 } ?? "")
        var lines = [property.doc + "."]
        if let allowed = property.allowed { lines.append("One of: \(allowed.joined(separator: ", ")).") }
        if let reason = property.inertReason { lines.append("No effect here: \(reason).") }
        return setting + "\n" + lines.map { "    # \($0)\n" }.joined() + "\n"
    }

    /// The reference table in docs/.
    public static func table() -> String {
        var out = """
            <!-- Generated from Sources/KongCore/Settings by scripts/generate.sh; do not edit. -->
            # Configuration

            Values come from, weakest first: the defaults below, `kong.conf` (`-c FILE`, else `/etc/kong/kong.conf`,
            else `/etc/kong.conf`), the environment (`KONG_` and the name in capitals), the command line.

            - `name = value`, one per line. `#` starts a comment; `\\#` is the character itself. There is no quoting.
            - A list is separated by commas; a boolean is `on` or `off`; an empty value unsets.
            - `{vault://env/NAME}` stands for the variable `NAME`; `{vault://env/NAME/key}` for a member of the JSON it holds.
            - `nginx_<block>_<directive> = value` puts `<directive> value;` into a block of nginx.conf: `main`, `events`,
              `http`, `upstream`, `proxy` (the proxy server), `location` (its `location /`), `stream`, `supstream`,
              `sproxy`. `NONE` removes a default.
            - A misspelt name is reported with the nearest known one; a property without effect here is reported once.

            The running configuration is kept in `<prefix>/.kong_env`. `kong check` prints every violation at once.

            """
        for section in Properties.sections {
            out += "\n## \(section.title)\n\n| property | default | type | meaning |\n|---|---|---|---|\n"
            for property in section.properties {
                let kind = property.allowed.map { $0.joined(separator: ", ") } ?? property.kind.rawValue
                let inert = property.inertReason.map { " **No effect here:** \($0)." } ?? ""
                let doc = property.doc.components(separatedBy: "|").joined(separator: "\\|")
                let value = property.defaultText.map { "`\($0)`" } ?? "–"
                out += "| `\(property.name)` | \(value) | \(kind) | \(doc).\(inert) |\n"
            }
        }
        return out
    }
}
