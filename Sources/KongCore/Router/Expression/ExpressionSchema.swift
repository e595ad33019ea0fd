/// The fields that an expression may name.
public enum ExpressionSchema: Sendable {
    /// Routes of http, https, grpc and grpcs.
    case http
    /// Routes of tcp, tls, udp and tls_passthrough.
    case stream

    /// The schema of a route, which its first protocol decides.
    public init(protocols: [String]) {
        let stream = ["tcp", "tls", "udp", "tls_passthrough"]
        self = protocols.first.map { stream.contains($0) } == true ? .stream : .http
    }

    public enum FieldType: Sendable { case string, integer, address }

    /// The type of a field, nil for one that is unknown.
    public func type(of field: String) -> FieldType? {
        switch field {
        case "net.protocol", "tls.sni": return .string
        case "net.src.port", "net.dst.port": return .integer
        case "net.src.ip", "net.dst.ip": return .address
        default: break
        }
        guard case .http = self else { return nil }
        switch field {
        case "http.method", "http.host", "http.path": return .string
        case "http.path.segments.len": return .integer
        default: break
        }
        // One name after the prefix, without a dot; an empty one counts.
        guard let dot = field.lastIndex(of: ".") else { return nil }
        return Self.families.contains(String(field[...dot])) ? .string : nil
    }

    private static let families = ["http.path.segments.", "http.headers.", "http.queries."]
}

extension RouteExpression {
    /// Whether fields are known and every operator fits the types of its sides; the first fault from the left.
    public func check(_ schema: ExpressionSchema) throws(RouteExpressionError) {
        switch self {
        case .predicate(let predicate): try predicate.check(schema)
        case .all(let parts), .any(let parts): for part in parts { try part.check(schema) }
        case .not(let part): try part.check(schema)
        }
    }
}

extension RoutePredicate {
    fileprivate func check(_ schema: ExpressionSchema) throws(RouteExpressionError) {
        guard let type = schema.type(of: field) else { throw RouteExpressionError("Unknown LHS field") }
        switch self.operator {
        case .regex, .isIn, .isNotIn: break
        default:
            guard value.type == type else {
                throw RouteExpressionError("Type mismatch between the LHS and RHS values of predicate")
            }
        }
        if isLower && type != .string {
            throw RouteExpressionError("lower-case transformation function only supported with String type fields")
        }
        switch self.operator {
        case .equal, .notEqual: break
        case .regex:
            if type != .string { throw RouteExpressionError("Regex operators only supports string operands") }
        case .prefix, .suffix:
            if type != .string {
                throw RouteExpressionError("Regex/Prefix/Postfix operators only supports string operands")
            }
        case .greater, .greaterOrEqual, .less, .lessOrEqual:
            if type != .integer {
                throw RouteExpressionError(
                    "Greater/GreaterOrEqual/Lesser/LesserOrEqual operators only supports integer operands")
            }
        case .isIn, .isNotIn:
            guard type == .address, case .network = value else {
                throw RouteExpressionError("In/NotIn operators only supports IP in CIDR")
            }
        case .contains:
            if type != .string { throw RouteExpressionError("Contains operator only supports string operands") }
        }
    }
}

extension RoutePredicate.Value {
    /// nil for a range, which no field has.
    fileprivate var type: ExpressionSchema.FieldType? {
        switch self {
        case .string: .string
        case .integer: .integer
        case .address: .address
        case .network: nil
        }
    }
}

/// `http.path.segments.1`, `http.path.segments.0_2`: which segments of the path, both ends included.
struct PathSegments: Sendable, Equatable {
    static let prefix = "http.path.segments."

    var first: Int
    var last: Int

    /// - Returns: nil when the text after the prefix is ill-formed.
    init?(_ suffix: Substring) {
        let parts = suffix.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = Self.number(parts[0]) else { return nil }
        self.first = first
        last = first
        guard parts.count == 2 else { return }
        guard let last = Self.number(parts[1]), last > first else { return nil }
        self.last = last
    }

    /// Without leading zeros. A number that no path reaches is as good as any other such number.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy(\.isASCIIDigit), text == "0" || !text.hasPrefix("0") else {
            return nil
        }
        return Int(text) ?? .max
    }
}
