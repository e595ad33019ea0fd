import KongCore
import KongPDK

/// Changes the headers and the JSON body of answers.
///
/// Source: Kong's `kong/plugins/response-transformer`: remove, rename, replace, add, append, in this order.
public final class ResponseTransformer: HeaderFilterPhase, BodyFilterPhase {
    public static let name = "response-transformer"
    public static let priority = 800

    private let removed: [HeaderName]
    private let renamed: [(old: HeaderName, new: HeaderName)]
    private let replaced: [(name: HeaderName, value: [UInt8])]
    private let added: [(name: HeaderName, value: [UInt8])]
    private let appended: [(name: HeaderName, value: [UInt8])]
    private let body: JSONTransformation
    private static let contentType: HeaderName = "Content-Type"

    public init(_ config: PluginConfiguration) throws(PluginError) {
        func entries(_ group: String) -> [TransformerEntry] {
            TransformerEntry.all(config.fields[group]?["headers"])
        }
        func headers(_ group: String) -> [(name: HeaderName, value: [UInt8])] {
            entries(group).compactMap { entry in
                entry.value.map { (HeaderName(entry.name), Array($0.utf8)) }
            }
        }
        removed = entries("remove").map { HeaderName($0.name) }
        renamed = entries("rename").compactMap { entry in
            entry.value.map { (HeaderName(entry.name), HeaderName($0)) }
        }
        replaced = headers("replace")
        added = headers("add")
        appended = headers("append")
        body = JSONTransformation(config.fields)
    }

    public func headerFilter(_ context: ResponseContext) throws(PluginError) {
        let request = context.request
        for name in removed { request.removeResponseHeader(name) }
        for (old, new) in renamed {
            guard let value = request.responseHeader(old) else { continue }
            request.removeResponseHeader(old)
            request.setResponseHeader(new, value)
        }
        for (name, value) in replaced where request.responseHeader(name) != nil {
            request.setResponseHeader(name, value)
        }
        for (name, value) in added where request.responseHeader(name) == nil {
            request.setResponseHeader(name, value)
        }
        for (name, value) in appended { request.addResponseHeader(name, value) }
        if !body.isEmpty, isJSON(request) {
            request.clearContentLength()
            request.state[self] = [UInt8]()
        }
    }

    public func bodyFilter(
        _ chunk: [UInt8], isLast: Bool, _ context: ResponseContext
    ) throws(PluginError) -> [UInt8] {
        guard var collected = context.request.state[self] as? [UInt8] else { return chunk }
        context.request.state[self] = nil
        collected += chunk
        guard isLast else {
            context.request.state[self] = collected
            return []
        }
        guard let changed = body.apply(to: collected) else {
            context.request.log(.warning, "response-transformer: the body is no JSON object and stays as it is")
            return collected
        }
        return changed
    }

    @Worker
    private func isJSON(_ request: any RequestBackend) -> Bool {
        guard let type = request.responseHeader(Self.contentType) else { return false }
        return String(decoding: type, as: UTF8.self).lowercased().contains("application/json")
    }
}
