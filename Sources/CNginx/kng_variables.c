/* Variables: values that Swift makes when somebody asks. */

#include "CNginx.h"


static ngx_int_t
kng_variable_headers(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    kng_ctx_t  *ctx;

    ctx = kng_find_ctx(r);
    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    if (ctx->proxy_headers.len == 0
        && kng_on_proxy_headers(r, ctx, &ctx->proxy_headers) != NGX_OK)
    {
        return NGX_ERROR;
    }

    v->data = ctx->proxy_headers.data;
    v->len = ctx->proxy_headers.len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_int_t
kng_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t   value;
    kng_ctx_t  *ctx;

    ctx = kng_find_ctx(r);
    if (ctx == NULL && data == 0) {
        ctx = kng_create_ctx(r);
    }

    ngx_str_null(&value);

    if (ctx == NULL || kng_on_variable(r, ctx, data, &value) != NGX_OK) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->data = value.data;
    v->len = value.len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


/* The numbers are KongVariable's in Swift. */

static ngx_http_variable_t  kng_variables[] = {

    { ngx_string("kong_proxy_headers"), NULL, kng_variable_headers, 0, 0, 0 },

    { ngx_string("kong_request_id"), NULL, kng_variable, 0, 0, 0 },

    { ngx_string("kong_upstream_host"), NULL, kng_variable, 1, 0, 0 },

    { ngx_string("kong_route_id"), NULL, kng_variable, 2, 0, 0 },

    { ngx_string("kong_service_id"), NULL, kng_variable, 3, 0, 0 },

      ngx_http_null_variable
};


ngx_int_t
kng_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = kng_variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}
