/* The request's body: read, measured, copied, replaced. */

#include "CNginx.h"


static void
kng_body_handler(ngx_http_request_t *r)
{
    kng_ctx_t  *ctx;

    ctx = kng_find_ctx(r);
    if (ctx == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ctx->body_read = 1;

    if (ctx->waiting) {
        kng_on_body(ctx);
    }
}


/*
 * NGX_OK: the body is here; NGX_AGAIN: kng_on_body will be called; else an error to answer with.
 * nginx takes a reference for a content handler's NGX_DONE to give back: here it is given back at once.
 */

ngx_int_t
kng_read_body(ngx_http_request_t *r, kng_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (r->request_body || ctx->body_read) {
        return NGX_OK;
    }

    r->request_body_no_buffering = 0;

    rc = ngx_http_read_client_request_body(r, kng_body_handler);

    r->main->count--;

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ctx->body_read ? NGX_OK : NGX_AGAIN;
}


off_t
kng_body_size(ngx_http_request_t *r)
{
    off_t         size = 0;
    ngx_chain_t  *cl;

    if (r->request_body == NULL) {
        return 0;
    }

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    return size;
}


ngx_int_t
kng_body_bytes(ngx_http_request_t *r, ngx_str_t *out, size_t limit)
{
    u_char       *p;
    off_t         size;
    size_t        total = 0;
    ssize_t       n;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    ngx_str_null(out);

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size = ngx_buf_size(cl->buf);
        if (size < 0 || (size_t) size > limit - total) {
            return NGX_DECLINED;
        }

        total += (size_t) size;
    }

    p = ngx_pnalloc(r->pool, total + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    out->data = p;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;

        if (ngx_buf_in_memory(b)) {
            p = ngx_cpymem(p, b->pos, b->last - b->pos);
            continue;
        }

        if (b->in_file) {
            n = ngx_read_file(b->file, p, (size_t) (b->file_last - b->file_pos), b->file_pos);
            if (n == NGX_ERROR) {
                return NGX_ERROR;
            }

            p += n;
        }
    }

    out->len = p - out->data;
    *p = '\0';

    return NGX_OK;
}


ngx_int_t
kng_set_body(ngx_http_request_t *r, const u_char *data, size_t len)
{
    u_char           *p;
    ngx_buf_t        *b;
    ngx_chain_t      *cl;
    ngx_table_elt_t  *h;

    if (r->request_body == NULL) {
        return NGX_ERROR;
    }

    cl = ngx_alloc_chain_link(r->pool);
    b = len ? ngx_create_temp_buf(r->pool, len) : ngx_calloc_buf(r->pool);
    p = ngx_pnalloc(r->pool, NGX_OFF_T_LEN);
    if (cl == NULL || b == NULL || p == NULL) {
        return NGX_ERROR;
    }

    if (len) {
        b->last = ngx_cpymem(b->last, data, len);
    }

    b->last_buf = 1;
    cl->buf = b;
    cl->next = NULL;
    r->request_body->bufs = len ? cl : NULL;

    /* Whoever changes a body mends its length. */
    r->headers_in.content_length_n = (off_t) len;
    r->headers_in.chunked = 0;

    h = r->headers_in.content_length;
    if (h) {
        h->value.data = p;
        h->value.len = ngx_sprintf(p, "%uz", len) - p;
    }

    return NGX_OK;
}
