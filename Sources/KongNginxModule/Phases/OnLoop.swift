import KongPDK

/// Where every call from nginx enters: C gets no isolation check from the compiler, so it is asserted here.
@Worker @inline(__always)
func onLoop<R>(_ body: @Worker () -> R) -> R {
    assert(LoopExecutor.shared.isOnLoop)
    return body()
}
