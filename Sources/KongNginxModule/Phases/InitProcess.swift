import KongPDK
import NginxKit

/// A worker begins: everything that lives is made here, after the fork.
@Worker @c(kng_on_init_process)
public func onInitProcess(_ cycle: UnsafeMutablePointer<ngx_cycle_t>?, _ conf: UnsafeMutablePointer<kng_main_conf_t>?)
    -> ngx_int_t
{
    guard let conf else { return Code.error }
    LoopExecutor.shared.bind(post: { kng_loop_post() }, wake: { kng_loop_wake() })
    RequestID.seed()
    let path = conf.pointee.snapshot_path.string
    let size = conf.pointee.snapshot_size
    return onLoop {
        Gateway.open { try Gateway(conf, path: path, mapSize: size) }
        return Code.ok
    }
}

@Worker @c(kng_on_exit_process)
public func onExitProcess(_ cycle: UnsafeMutablePointer<ngx_cycle_t>?) {
    onLoop { Gateway.close() }
}

@Worker @c(kng_on_wakeup)
public func onWakeup() {
    LoopExecutor.shared.drain()
}
