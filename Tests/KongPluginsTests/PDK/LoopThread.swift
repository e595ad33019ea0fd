import Dispatch
import Foundation
import KongPDK

/// A thread that stands for nginx's loop, so that tests can run on `Worker`.
enum LoopThread {
    static let started: Void = {
        let isBound = DispatchSemaphore(value: 0)
        let work = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            LoopExecutor.shared.bind(post: { work.signal() }, wake: { work.signal() })
            isBound.signal()
            while true {
                work.wait()
                LoopExecutor.shared.drain()
            }
        }
        isBound.wait()
    }()
}
