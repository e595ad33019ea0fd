/// What an operator should learn from the log about a shared store.
public enum StoreEvent: Sendable, Equatable {
    /// It cannot be used: writes are refused, the last configuration serves.
    case away(String)
    case back(String)
    /// It is not as it was expected, and is used all the same.
    case odd(String)
}
