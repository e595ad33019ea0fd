/* Answers, suspension, bodies, names: what a request does besides headers. */

#include "CNginx.h"


ngx_int_t
kng_send(ngx_http_request_t *r, ngx_uint_t status, const u_char *type, size_t type_len,
    const u_char *body, size_t body_len)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    /* What the client still sends of its body must not be taken for the next request. */
    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    r->headers_out.status = status;
    r->headers_out.status_line.len = 0;
    r->headers_out.content_length_n = (off_t) body_len;

    if (r->headers_out.content_length) {
        r->headers_out.content_length->hash = 0;
        r->headers_out.content_length = NULL;
    }

    if (type_len) {
        kng_set_content_type(r, type, type_len);
    }

    if (status == NGX_HTTP_NO_CONTENT) {
        r->header_only = 1;
        r->headers_out.content_length_n = -1;
    }

    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = body_len ? ngx_create_temp_buf(r->pool, body_len) : ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    if (body_len) {
        b->last = ngx_cpymem(b->last, body, body_len);
    }

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;
    b->sync = (body_len == 0 && !b->last_buf) ? 1 : 0;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


ngx_int_t
kng_finish(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_http_finalize_request(r, rc);

    return NGX_DONE;
}


void
kng_suspend(ngx_http_request_t *r)
{
    /* Notices a client that goes away: the request's clean-up then ends what it waits for. */
    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;
}


void
kng_resume(ngx_http_request_t *r)
{
    ngx_connection_t  *c = r->connection;

    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
    ngx_http_run_posted_requests(c);
}


ngx_uint_t
kng_server_port(ngx_http_request_t *r)
{
    /* The address of a listener on "*" is asked from the kernel only when it is not known. */
    if (ngx_connection_local_sockaddr(r->connection, NULL, 0) != NGX_OK) {
        return 0;
    }

    return ngx_inet_get_port(r->connection->local_sockaddr);
}


size_t
kng_server_address(ngx_http_request_t *r, u_char *out, size_t size)
{
    ngx_str_t  text;

    text.data = out;
    text.len = size;

    return ngx_connection_local_sockaddr(r->connection, &text, 0) == NGX_OK ? text.len : 0;
}


size_t
kng_address_bytes(ngx_http_request_t *r, ngx_uint_t local, u_char out[16])
{
    struct sockaddr  *sa;

    if (local && ngx_connection_local_sockaddr(r->connection, NULL, 0) != NGX_OK) {
        return 0;
    }

    sa = local ? r->connection->local_sockaddr : r->connection->sockaddr;

    switch (sa->sa_family) {

    case AF_INET:
        ngx_memcpy(out, &((struct sockaddr_in *) sa)->sin_addr, 4);
        return 4;

#if (NGX_HAVE_INET6)
    case AF_INET6:
        ngx_memcpy(out, &((struct sockaddr_in6 *) sa)->sin6_addr, 16);
        return 16;
#endif

    default:
        return 0;
    }
}


ngx_uint_t
kng_client_port(ngx_http_request_t *r)
{
    return ngx_inet_get_port(r->connection->sockaddr);
}


ngx_str_t
kng_direct_address(ngx_http_request_t *r)
{
    static ngx_str_t            name = ngx_string("realip_remote_addr");
    static ngx_uint_t           hash;
    ngx_str_t                   out;
    ngx_http_variable_value_t  *v;

    if (hash == 0) {
        hash = ngx_hash_key(name.data, name.len);
    }

    v = ngx_http_get_variable(r, &name, hash);
    if (v == NULL || v->not_found || v->len == 0) {
        return r->connection->addr_text;
    }

    out.data = v->data;
    out.len = v->len;

    return out;
}


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


ngx_int_t
kng_use_location(ngx_http_request_t *r, const char *name, size_t len)
{
    ngx_http_core_loc_conf_t  **clcfp;
    ngx_http_core_srv_conf_t   *cscf;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);
    if (cscf->named_locations == NULL) {
        return NGX_DECLINED;
    }

    for (clcfp = cscf->named_locations; *clcfp; clcfp++) {
        if ((*clcfp)->name.len == len && ngx_strncmp((*clcfp)->name.data, name, len) == 0) {
            r->loc_conf = (*clcfp)->loc_conf;
            r->content_handler = NULL;
            ngx_http_update_location_config(r);
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


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
