/// The kinds of vaults and what each is configured by.
public enum VaultTypes {
    public static let names = ["env"]

    public static func named(_ name: String) -> Subschema? {
        name == "env" ? env : nil
    }

    private static let env = Subschema(fields: [
        .field(
            "config", .record([.field("prefix", .string, .match("^[%a_-][%a%d_-]*$"))]), required: true)
    ])

    /// A vault's schema as `/schemas/vaults/{name}` shows it.
    public static func describe(_ name: String) -> JSONObject? {
        named(name).map { type in
            var shown = type.record.describe()
            if shown["entity_checks"] == nil { shown["entity_checks"] = [] }
            return shown
        }
    }
}
