/// The kinds of vaults and what each is configured by.
public enum VaultTypes {
    public static let names = ["env"]

    public static func named(_ name: String) -> Subschema? {
        name == "env" ? env : nil
    }

    /// - Parameter setting: the `vaults` property; nil: bundled ones.
    public static func isLoaded(_ type: String, by setting: String?) -> Bool {
        guard let setting, names.contains(type) else { return names.contains(type) }
        return setting.split(separator: ",").contains { item in
            let item = String(item).trimmed()
            return item == "bundled" || item == type
        }
    }

    private static let env = Subschema(fields: [
        .field(
            "config", .record([.field("prefix", .string, .match("^[%a_-][%a%d_-]*$"))]), required: true)
    ])
}
