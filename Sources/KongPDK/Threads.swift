import Glibc

/// A number for the calling thread.
func currentThread() -> UInt { UInt(pthread_self()) }

/// Held for a few instructions only, when another thread hands a job to the loop.
final class SpinLock: @unchecked Sendable {
    private let lockWord = UnsafeMutablePointer<pthread_spinlock_t>.allocate(capacity: 1)

    init() { pthread_spin_init(lockWord, 0) }
    deinit {
        pthread_spin_destroy(lockWord)
        lockWord.deallocate()
    }
    func lock() { pthread_spin_lock(lockWord) }
    func unlock() { pthread_spin_unlock(lockWord) }
}
