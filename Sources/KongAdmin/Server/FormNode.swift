import KongCore

/// A value that form arguments are building up: a scalar, named children, or numbered elements.
struct FormNode {
    enum Step: Hashable {
        case name(String)
        /// 1-based.
        case index(Int)
        case append
    }

    private var scalar: JSONValue?
    private var names: [String: FormNode] = [:]
    private var elements: [Int: FormNode] = [:]

    /// `config.limits[2].x` → config, limits, 2, x. A bracket that does not close is part of the name.
    static func path(of name: String) -> [Step] {
        var steps: [Step] = []
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard let open = part.firstIndex(of: "["), part.hasSuffix("]") else {
                steps.append(.name(String(part)))
                continue
            }
            if open != part.startIndex { steps.append(.name(String(part[..<open]))) }
            for key in part[part.index(after: open)...].dropLast().split(
                separator: "][", omittingEmptySubsequences: false)
            {
                // An index beyond the argument limit could only come from somebody who tries to make us allocate.
                if key.isEmpty {
                    steps.append(.append)
                } else if let number = Int(key), number > 0, number <= Arguments.limit {
                    steps.append(.index(number))
                } else {
                    steps.append(.name(String(key)))
                }
            }
        }
        // A path of hundreds of steps builds a tree that deep; nothing in any schema is.
        return Array(steps.prefix(64))
    }

    mutating func insert(_ value: JSONValue, at path: ArraySlice<Step>) {
        guard let step = path.first else {
            scalar = value
            return
        }
        switch step {
        case .name(let name): names[name, default: FormNode()].insert(value, at: path.dropFirst())
        case .index(let index): elements[index, default: FormNode()].insert(value, at: path.dropFirst())
        case .append:
            let next = (elements.keys.max() ?? 0) + 1
            elements[next, default: FormNode()].insert(value, at: path.dropFirst())
        }
    }

    /// Children win over a scalar given to the same name; numbered elements with gaps close up.
    var value: JSONValue {
        if !names.isEmpty {
            var object = names.mapValues(\.value)
            for (index, element) in elements { object[String(index)] = element.value }
            return .object(object)
        }
        if !elements.isEmpty { return .array(elements.sorted { $0.key < $1.key }.map(\.value.value)) }
        return scalar ?? .object([:])
    }
}

extension Arguments {
    /// More arguments than this are refused (`Too many arguments`).
    static let limit = 1000
}
