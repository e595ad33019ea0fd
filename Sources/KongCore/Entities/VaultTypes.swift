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
}
