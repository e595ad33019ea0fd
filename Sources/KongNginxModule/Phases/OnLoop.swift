import KongPDK

/// Where every call from nginx enters: C gets no isolation check from the compiler, so it is asserted here.
@Worker @inline(__always)
func onLoop<R>(_ body: @Worker () -> R) -> R {
    assert(LoopExecutor.shared.isOnLoop)
    return body()
}

/// Calls `body` with an object that somebody else holds meanwhile, without counting the reference: what a request
/// reads of the tables it would otherwise count some forty times.
@inline(__always)
func uncounted<Object: AnyObject, R>(_ object: Object, _ body: (Object) -> R) -> R {
    Unmanaged.passUnretained(object)._withUnsafeGuaranteedRef(body)
}
