import KongPDK

/// The bundled plugins that have behaviour, by name.
public enum Registry {
    public static let plugins: [any Plugin.Type] = [
        KeyAuth.self,
        Acl.self,
    ]
}
