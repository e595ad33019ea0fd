/* The filters: what plugins make of an answer on its way out. */

#include "CNginx.h"


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


static ngx_int_t
ngx_http_kong_header_filter(ngx_http_request_t *r)
{
    kng_ctx_t       *ctx;
    kng_loc_conf_t  *klcf;

    ctx = kng_find_ctx(r);

    if (ctx == NULL && r == r->main) {
        /* An error before the access phase, in a server of the gateway's. */
        klcf = ngx_http_get_module_loc_conf(r, ngx_http_kong_module);
        if (klcf->enable) {
            ctx = kng_create_ctx(r);
        }
    }

    if (ctx != NULL && !ctx->filtered) {
        ctx->filtered = 1;
        kng_on_header_filter(r, ctx);
    }

    return ngx_http_next_header_filter(r);
}


static ngx_int_t
ngx_http_kong_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    kng_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_kong_module);
    if (ctx == NULL || !ctx->body_filter || in == NULL) {
        return ngx_http_next_body_filter(r, in);
    }

    return kng_on_body_filter(r, ctx, in);
}


/* A piece of an answer, copied. */

ngx_buf_t *
kng_create_buf(ngx_http_request_t *r, const u_char *data, size_t len, ngx_uint_t last)
{
    ngx_buf_t  *b;

    b = len ? ngx_create_temp_buf(r->pool, len) : ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NULL;
    }

    if (len) {
        b->last = ngx_cpymem(b->last, data, len);
    }

    b->last_buf = (last && r == r->main) ? 1 : 0;
    b->last_in_chain = last ? 1 : 0;
    b->sync = (len == 0 && !b->last_buf) ? 1 : 0;

    return b;
}


ngx_int_t
kng_next_body_filter(ngx_http_request_t *r, const u_char *data, size_t len, ngx_uint_t last)
{
    ngx_chain_t  out;

    out.buf = kng_create_buf(r, data, len, last);
    if (out.buf == NULL) {
        return NGX_ERROR;
    }

    out.next = NULL;

    return ngx_http_next_body_filter(r, &out);
}


size_t
kng_chain_size(ngx_chain_t *in)
{
    size_t  size = 0;

    for ( ; in; in = in->next) {
        if (ngx_buf_in_memory(in->buf)) {
            size += in->buf->last - in->buf->pos;
        }
    }

    return size;
}


void
kng_chain_copy(ngx_chain_t *in, u_char *out)
{
    for ( ; in; in = in->next) {
        if (ngx_buf_in_memory(in->buf)) {
            out = ngx_cpymem(out, in->buf->pos, in->buf->last - in->buf->pos);
        }
    }
}


ngx_uint_t
kng_chain_last(ngx_chain_t *in)
{
    for ( ; in; in = in->next) {
        if (in->buf->last_buf || in->buf->last_in_chain) {
            return 1;
        }
    }

    return 0;
}


void
kng_chain_consume(ngx_chain_t *in)
{
    for ( ; in; in = in->next) {
        in->buf->pos = in->buf->last;
        in->buf->file_pos = in->buf->file_last;
    }
}


void
kng_init_filters(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_kong_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_kong_body_filter;
}
