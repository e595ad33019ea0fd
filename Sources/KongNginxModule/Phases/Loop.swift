import KongPDK
import NginxKit

/// A timer of the loop, for whoever must wait for a time to pass.
@Worker
final class TimerBox {
    private let action: @Worker () -> Void
    private var timer: UnsafeMutableRawPointer?

    private init(_ action: @escaping @Worker () -> Void) { self.action = action }

    /// Runs `action` after so many milliseconds, unless cancelled before.
    /// - Parameter background: a worker that shuts down does not wait for it; what a request waits for is none.
    @discardableResult
    static func start(milliseconds: UInt, background: Bool = false, _ action: @escaping @Worker () -> Void) -> TimerBox
    {
        let box = TimerBox(action)
        box.timer = kng_timer_start(milliseconds, background ? 1 : 0, Unmanaged.passRetained(box).toOpaque())
        return box
    }

    func cancel() {
        guard let timer else { return }
        self.timer = nil
        kng_timer_stop(timer)
        Unmanaged.passUnretained(self).release()
    }

    fileprivate func fire() {
        timer = nil
        action()
    }
}

/// A foreign descriptor watched by the loop.
@Worker
final class DescriptorBox {
    private let action: @Worker (_ writable: Bool) -> Void
    private var watch: UnsafeMutableRawPointer?

    /// Calls `action` whenever the descriptor is ready, until `forget`.
    init?(descriptor: Int32, read: Bool, write: Bool, _ action: @escaping @Worker (_ writable: Bool) -> Void) {
        self.action = action
        watch = kng_descriptor_watch(descriptor, read ? 1 : 0, write ? 1 : 0, Unmanaged.passUnretained(self).toOpaque())
        if watch == nil { return nil }
    }

    func forget() {
        guard let watch else { return }
        self.watch = nil
        kng_descriptor_forget(watch)
    }

    fileprivate func ready(_ writable: Bool) { action(writable) }
}

/// Suspends the calling plugin for a while; nginx's timer, no thread.
@Worker
func sleep(milliseconds: UInt) async {
    await withCheckedContinuation { continuation in
        TimerBox.start(milliseconds: milliseconds) { continuation.resume() }
    }
}

@Worker @c(kng_on_timer)
public func onTimer(_ data: UnsafeMutableRawPointer?) {
    guard let data else { return }
    onLoop { Unmanaged<TimerBox>.fromOpaque(data).takeRetainedValue().fire() }
}

@Worker @c(kng_on_descriptor)
public func onDescriptor(_ data: UnsafeMutableRawPointer?, _ write: UInt) {
    guard let data else { return }
    onLoop { Unmanaged<DescriptorBox>.fromOpaque(data).takeUnretainedValue().ready(write != 0) }
}
