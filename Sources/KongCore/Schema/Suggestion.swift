/// Finds what a misspelt name probably meant.
public enum Suggestion {
    /// The text for an unknown field. It stays Kong's own unless a name is one slip of the finger away.
    static func unknownField(_ name: String, among record: RecordSchema) -> String {
        let names = record.fields.map(\.name) + record.shorthandFields.map(\.field.name)
        guard let near = nearest(to: name, among: names) else { return Message.unknown }
        return "\(Message.unknown) (did you mean '\(near)'?)"
    }

    /// The candidate that differs from `name` by a slip, or that it is the only beginning of; nil when none is near
    /// enough to be sure.
    public static func nearest(to name: String, among candidates: [String]) -> String? {
        let length = name.utf8.count
        let allowed = length >= 8 ? 2 : length >= 4 ? 1 : 0
        guard allowed > 0 else { return nil }
        let longer = candidates.filter { $0.hasPrefix(name) }
        if longer.count == 1 { return longer[0] }
        let ranked = candidates.map { (name: $0, distance: distance(Array(name.utf8), Array($0.utf8))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= allowed else { return nil }
        return best.name
    }

    /// Insertions, deletions, substitutions and swaps of neighbours between two texts.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if abs(a.count - b.count) > 2 { return .max }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
