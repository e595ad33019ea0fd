/// Limits by period of time: the longer the period, the higher the limit.
public enum PeriodLimits {
    public static let periods = ["second", "minute", "hour", "day", "month", "year"]

    /// The first pair of limits that can never both matter.
    /// - Parameter article: `The` or `the`; the plugins differ.
    public static func orderError(_ limits: JSONValue, article: String) -> String? {
        let given = periods.compactMap { period in limits[period]?.doubleValue.map { (period, $0) } }
        for (index, (short, low)) in given.enumerated() {
            for (long, high) in given[(index + 1)...] where high < low {
                return "\(article) limit for \(long)(\(high.oneDecimal)) cannot be lower than the limit for "
                    + "\(short)(\(low.oneDecimal))"
            }
        }
        return nil
    }
}

extension Double {
    /// `%.1f`
    fileprivate var oneDecimal: String {
        guard magnitude < 1e15 else { return description }
        let tenths = Int64((self * 10).rounded(.toNearestOrEven))
        return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}
