import KongCore

enum RedirectSchema {
    static let description = PluginDescription(
        name: "redirect", priority: 779, phases: ["access"], config: config)

    private static let config = RecordSchema([
        .field("status_code", .integer, required: true, default: 301, .between(100, 599)),
        .field("location", .string, required: true, .custom(.url)),
        .field("keep_incoming_path", .boolean, default: false),
    ])
}
