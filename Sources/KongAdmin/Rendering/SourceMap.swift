import Yams

/// Where the members of a YAML (or JSON) text stand, for error messages. Made only once something is wrong.
public struct SourceMap {
    /// One value of the text.
    public struct Place {
        fileprivate let node: Node
        /// Where its key stands, when it is a member.
        fileprivate let key: Node?
        public let file: String

        /// `file:line:column`, both from 1.
        public var text: String? {
            guard let mark = (key ?? node).mark else { return nil }
            return "\(file):\(mark.line):\(mark.column)"
        }

        /// Nil when the text does not say it here (an anchor's member, say).
        public func member(_ name: String) -> Place? {
            guard case .mapping(let mapping) = node else { return nil }
            for (key, value) in mapping {
                if case .scalar(let scalar) = key, scalar.string == name {
                    return Place(node: value, key: key, file: file)
                }
            }
            return nil
        }

        public func element(_ index: Int) -> Place? {
            guard case .sequence(let sequence) = node, sequence.indices.contains(index) else { return nil }
            return Place(node: sequence[index], key: nil, file: file)
        }
    }

    public let root: Place?

    public init(_ text: String, file: String) {
        root = (try? Yams.compose(yaml: text)).flatMap { $0 }.map { Place(node: $0, key: nil, file: file) }
    }
}
