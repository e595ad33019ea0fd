/* Names of services, asked from the location's resolver. */

#include "CNginx.h"


static void
kng_resolve_handler(ngx_resolver_ctx_t *rctx)
{
    kng_ctx_t           *ctx = rctx->data;
    ngx_connection_t    *c = ctx->r->connection;

    ctx->wait = NULL;
    kng_on_resolved(ctx, rctx->state, rctx->addrs, rctx->naddrs);
    ngx_resolve_name_done(rctx);

    if (ctx->r) {
        kng_resume(ctx->r);
    } else {
        ngx_http_run_posted_requests(c);
    }
}


static void
kng_resolve_cleanup(void *data)
{
    ngx_resolver_ctx_t  **waiting = data;

    if (*waiting) {
        ngx_resolve_name_done(*waiting);
        *waiting = NULL;
    }
}


ngx_int_t
kng_resolve(ngx_http_request_t *r, kng_ctx_t *ctx, const u_char *name, size_t len)
{
    ngx_resolver_ctx_t        *rctx, temp;
    ngx_pool_cleanup_t        *cln;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    ngx_memzero(&temp, sizeof(temp));
    temp.name.data = (u_char *) name;
    temp.name.len = len;

    rctx = ngx_resolve_start(clcf->resolver, &temp);
    if (rctx == NULL || rctx == NGX_NO_RESOLVER) {
        return NGX_DECLINED;
    }

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        ngx_resolve_name_done(rctx);
        return NGX_ERROR;
    }

    rctx->name = temp.name;
    rctx->handler = kng_resolve_handler;
    rctx->data = ctx;
    rctx->timeout = clcf->resolver_timeout;

    ctx->wait = rctx;
    cln->data = &ctx->wait;
    cln->handler = kng_resolve_cleanup;

    if (ngx_resolve_name(rctx) != NGX_OK) {
        ctx->wait = NULL;
        return NGX_ERROR;
    }

    return ctx->wait ? NGX_AGAIN : NGX_OK;
}
