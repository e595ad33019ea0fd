/// A condition of the router expression language, parsed.
///
/// Chains of one operator are lists, so that the depth of a tree is the depth of its parentheses, which the parser
/// bounds.
public indirect enum RouteExpression: Sendable, Equatable {
    case predicate(RoutePredicate)
    /// `a && b && …`: every one holds.
    case all([RouteExpression])
    /// `a || b || …`: one of them holds.
    case any([RouteExpression])
    case not(RouteExpression)

    /// The predicates from left to right.
    public var predicates: [RoutePredicate] {
        switch self {
        case .predicate(let predicate): [predicate]
        case .all(let parts), .any(let parts): parts.flatMap(\.predicates)
        case .not(let part): part.predicates
        }
    }
}

/// A comparison of a field of the request with a literal.
public struct RoutePredicate: Sendable, Equatable {
    public enum Operator: Sendable, Equatable {
        case equal, notEqual, regex, prefix, suffix, greater, greaterOrEqual, less, lessOrEqual, isIn, isNotIn
        case contains
    }

    public enum Value: Sendable, Equatable {
        case string([UInt8])
        case integer(Int64)
        case address(NetworkAddress)
        case network(NetworkRange)
    }

    /// As written: `http.headers.x_name`.
    public var field: String
    /// `lower(…)`: letters of the field's values are compared as small ones.
    public var isLower = false
    /// `any(…)`: one matching value is enough; without it, all values of the field must match.
    public var isAny = false
    public var `operator`: Operator
    public var value: Value

    public init(
        field: String, isLower: Bool = false, isAny: Bool = false, operator: Operator, value: Value
    ) {
        self.field = field
        self.isLower = isLower
        self.isAny = isAny
        self.operator = `operator`
        self.value = value
    }
}
