/// The plugins that `plugins = bundled` stands for.
enum BundledPlugins {
    static let names = ["key-auth", "acl"]
}
