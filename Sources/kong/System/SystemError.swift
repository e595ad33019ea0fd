import Foundation

/// An `errno` with what was attempted, told as one line and a remedy.
struct SystemError {
    var code: Int32
    var action: String

    /// - Parameter action: What was attempted, on what: `write /p/nginx.conf`.
    static func last(_ action: String) -> CommandError { SystemError(code: errno, action: action).commandError }

    var commandError: CommandError {
        let remedy =
            switch code {
            case EACCES, EPERM, EROFS:
                "; make it writable, run as another user, or choose another prefix (-p DIR or KONG_PREFIX)"
            case ENOSPC, EDQUOT: "; free space on that file system, or choose another prefix (-p DIR or KONG_PREFIX)"
            case ENOTDIR: "; a part of the path is no directory: choose another prefix (-p DIR or KONG_PREFIX)"
            case EMFILE, ENFILE: "; raise the limit of open files (ulimit -n)"
            default: ""
            }
        return CommandError("could not \(action): \(String(cString: strerror(code)))\(remedy)")
    }
}
