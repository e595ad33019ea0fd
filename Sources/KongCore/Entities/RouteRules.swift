extension EntityValidator {
    /// Expressions exclude the classic fields, and must compile; so must what the classic fields amount to.
    static let routeExpression = EntityValidator(
        "validate_route",
        fieldSources: [
            "id", "protocols", "snis", "sources", "destinations", "methods", "hosts", "paths", "headers", "expression",
            "regex_priority", "priority",
        ], runsWithMissingFields: true
    ) { route, context in
        let list = Message.quoted(Array(classicFields.dropLast())) + " or '\(classicFields[classicFields.count - 1])'"
        func failure(_ text: String) -> EntityFailure {
            EntityFailure(message: "Router Expression failed validation: \(text)")
        }
        let isClassic = classicFields.contains { route[$0].isNonempty }
        guard route["expression"]?.stringValue != nil else {
            guard isClassic else { return nil }
            if route["priority"]?.intValue ?? 0 != 0 {
                return failure("cannot set 'priority' with \(list) simultaneously")
            }
            // Without a regular expression nothing can be wrong that the fields' own rules let pass.
            let mayFail = context.routerFlavor == "expressions" || route.hasRegularExpression
            return mayFail ? ExpressionRoute(route).problem.map(failure) : nil
        }
        if isClassic { return failure("cannot set 'expression' with \(list) simultaneously") }
        if route["regex_priority"]?.intValue ?? 0 != 0 {
            return failure("cannot set 'regex_priority' with 'expression' simultaneously")
        }
        return ExpressionRoute(route).problem.map(failure)
    }

    private static let classicFields = ["methods", "hosts", "paths", "headers", "snis", "sources", "destinations"]
}

extension JSONObject {
    /// Whether a path or header of this route is matched by a regular expression.
    fileprivate var hasRegularExpression: Bool {
        let paths = self["paths"]?.arrayValue ?? []
        let headers = self["headers"]?.objectValue?.flatMap { $0.value.arrayValue ?? [] } ?? []
        return paths.contains { $0.stringValue?.hasPrefix("~") ?? false }
            || headers.contains { $0.stringValue?.hasPrefix("~*") ?? false }
    }
}
