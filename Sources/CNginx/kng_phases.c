/* The phase handlers: each finds the request's context and calls Swift. */

#include "CNginx.h"


/*
 * The context for this pass through the phases. A request that nginx redirected inside has lost its context: it is
 * routed anew, by its new URI, with the plugins of the route that it now takes.
 */

static kng_ctx_t *
ngx_http_kong_pass(ngx_http_request_t *r)
{
    kng_ctx_t  *ctx, *old;

    ctx = ngx_http_get_module_ctx(r, ngx_http_kong_module);
    if (ctx != NULL) {
        return ctx;
    }

    old = r->internal ? kng_find_ctx(r) : NULL;

    ctx = kng_create_ctx(r);
    if (ctx == NULL) {
        return NULL;
    }

    if (old != NULL && old->has_request_id) {
        ctx->has_request_id = 1;
        ngx_memcpy(ctx->request_id, old->request_id, sizeof(ctx->request_id));
    }

    ctx->derived = (r->internal || r != r->main) ? 1 : 0;

    return ctx;
}


static ngx_int_t
ngx_http_kong_rewrite_handler(ngx_http_request_t *r)
{
    kng_ctx_t        *ctx;
    kng_loc_conf_t   *klcf;
    kng_main_conf_t  *kmcf;

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_kong_module);
    if (!kmcf->rewrite || r != r->main) {
        return NGX_DECLINED;
    }

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_kong_module);
    if (!klcf->enable) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_kong_pass(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return kng_on_rewrite(r, ctx);
}


static ngx_int_t
ngx_http_kong_route(ngx_http_request_t *r)
{
    kng_ctx_t  *ctx;

    ctx = ngx_http_kong_pass(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return kng_on_access(r, ctx);
}


static ngx_int_t
ngx_http_kong_access_handler(ngx_http_request_t *r)
{
    kng_loc_conf_t  *klcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_kong_module);
    if (!klcf->enable) {
        return NGX_DECLINED;
    }

    return ngx_http_kong_route(r);
}


/* nginx skips the access phase of subrequests: they are routed one phase earlier. */

static ngx_int_t
ngx_http_kong_preaccess_handler(ngx_http_request_t *r)
{
    kng_loc_conf_t  *klcf;

    if (r == r->main) {
        return NGX_DECLINED;
    }

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_kong_module);
    if (!klcf->enable) {
        return NGX_DECLINED;
    }

    return ngx_http_kong_route(r);
}


static ngx_int_t
ngx_http_kong_log_handler(ngx_http_request_t *r)
{
    kng_ctx_t  *ctx;

    ctx = kng_find_ctx(r);
    if (ctx != NULL && !ctx->logged) {
        ctx->logged = 1;
        kng_on_log(r, ctx);
    }

    return NGX_OK;
}


/* Where a location has the directive kong_error_handler. */

ngx_int_t
kng_error_page_handler(ngx_http_request_t *r)
{
    kng_ctx_t  *ctx;

    ctx = kng_find_ctx(r);
    if (ctx == NULL) {
        ctx = kng_create_ctx(r);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return kng_on_error_page(r, ctx);
}


static ngx_int_t
ngx_http_kong_add_handler(ngx_http_core_main_conf_t *cmcf, ngx_uint_t phase, ngx_http_handler_pt handler)
{
    ngx_http_handler_pt  *h;

    h = ngx_array_push(&cmcf->phases[phase].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = handler;

    return NGX_OK;
}


ngx_int_t
kng_init_phases(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    if (ngx_http_kong_add_handler(cmcf, NGX_HTTP_REWRITE_PHASE, ngx_http_kong_rewrite_handler) != NGX_OK
        || ngx_http_kong_add_handler(cmcf, NGX_HTTP_PREACCESS_PHASE, ngx_http_kong_preaccess_handler) != NGX_OK
        || ngx_http_kong_add_handler(cmcf, NGX_HTTP_ACCESS_PHASE, ngx_http_kong_access_handler) != NGX_OK
        || ngx_http_kong_add_handler(cmcf, NGX_HTTP_LOG_PHASE, ngx_http_kong_log_handler) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}
