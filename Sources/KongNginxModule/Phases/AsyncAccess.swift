import KongPDK
import NginxKit

/// A plugin that waits: its access phase becomes a task on the loop, run at once up to its first suspension.
@Worker
enum AsyncAccess {
    static func start(
        _ r: Request, _ ctx: RequestContext, _ request: NginxRequest, _ plugin: any AsyncAccessPhase
    ) -> ngx_int_t {
        request.isStarting = true
        ctx.pointee.waiting = 1
        request.task = Task.immediate { @Worker in
            let verdict: Verdict
            do throws(PluginError) {
                verdict = try await plugin.access(request.handle)
            } catch {
                request.log(.error, "plugin \(type(of: plugin).name): \(error.message)")
                verdict = .exit(.error(500))
            }
            guard let r = request.r else { return }  // the client went away meanwhile
            request.outcome = verdict
            request.task = nil
            request.ctx.pointee.waiting = 0
            if !request.isStarting { kng_resume(r) }
        }
        request.isStarting = false
        guard ctx.pointee.waiting != 0 else {
            request.task = nil
            return Access.run(r, ctx)
        }
        kng_suspend(r)
        return Code.again
    }
}
