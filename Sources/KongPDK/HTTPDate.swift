/// Dates of HTTP headers in each of the three forms (RFC 9110, section 5.6.7).
public enum HTTPDate {
    /// Unix seconds; nil for anything else.
    public static func parse(_ text: [UInt8]) -> Int64? {
        let words = text.split { $0 == 0x20 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ",") }
        // Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT; Sun Nov  6 08:49:37 1994
        let isC = words.count == 5 && number(words[4]) != nil
        guard words.count >= 5, weekdays.contains(Array(words[0].prefix(3)).map { $0 | 0x20 }) else { return nil }
        guard let day = number(isC ? words[2] : words[1]), let month = month(isC ? words[1] : words[2]),
            var year = number(isC ? words[4] : words[3]), let second = timeOfDay(isC ? words[3] : words[4])
        else { return nil }
        if !isC {
            guard words.count == 6, words[5].elementsEqual("GMT".utf8) else { return nil }
            if words[3].count == 2 { year += year < 70 ? 2000 : 1900 }
        }
        guard (1970...9999).contains(year), day >= 1, day <= days(month, year) else { return nil }
        return daysFromEpoch(year, month, day) * 86400 + second
    }

    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"].map { Array($0.utf8) }
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        .map { Array($0.utf8) }

    private static func number(_ text: ArraySlice<UInt8>) -> Int64? {
        guard text.count <= 4, !text.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in text {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }

    private static func month(_ text: ArraySlice<UInt8>) -> Int64? {
        months.firstIndex(of: text.map { $0 | 0x20 }).map { Int64($0) + 1 }
    }

    private static func timeOfDay(_ text: ArraySlice<UInt8>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(number)
        guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2], hour < 24,
            minute < 60, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && year % 100 != 0 || year % 400 == 0 }

    private static func days(_ month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func daysFromEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // Years begin in March, so that the leap day is their last.
        let y = month <= 2 ? year - 1 : year
        let m = (month + 9) % 12
        return y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1 - 719_468
    }
}
