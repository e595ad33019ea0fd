/* What a request carries from phase to phase. */

#include "CNginx.h"


static void
ngx_http_kong_cleanup(void *data)
{
    kng_ctx_t  *ctx = data;

    kng_on_cleanup(ctx);
    ctx->r = NULL;
}


kng_ctx_t *
kng_create_ctx(ngx_http_request_t *r)
{
    kng_ctx_t           *ctx;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(kng_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(kng_ctx_t));
    ctx->r = r;
    cln->handler = ngx_http_kong_cleanup;

    ngx_http_set_ctx(r, ctx, ngx_http_kong_module);

    return ctx;
}


/* An internal redirect forgets the contexts; the clean-up remembers ours. */

kng_ctx_t *
kng_find_ctx(ngx_http_request_t *r)
{
    kng_ctx_t           *ctx;
    ngx_pool_cleanup_t  *cln;

    ctx = ngx_http_get_module_ctx(r, ngx_http_kong_module);
    if (ctx != NULL || !(r->internal || r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_kong_cleanup) {
            ctx = cln->data;
            if (ctx->r == r) {
                ngx_http_set_ctx(r, ctx, ngx_http_kong_module);
                return ctx;
            }
        }
    }

    return NULL;
}
