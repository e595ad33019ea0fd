/* Changing response headers, and nginx's own pointers to them. */

#include "CNginx.h"


static void
kng_forget_response_header(ngx_http_request_t *r, ngx_table_elt_t *h)
{
    ngx_table_elt_t  **known[] = {
        &r->headers_out.server, &r->headers_out.date, &r->headers_out.content_encoding,
        &r->headers_out.location, &r->headers_out.refresh, &r->headers_out.last_modified,
        &r->headers_out.content_range, &r->headers_out.accept_ranges,
        &r->headers_out.www_authenticate, &r->headers_out.expires, &r->headers_out.etag
    };
    ngx_uint_t         i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (*known[i] == h) {
            *known[i] = NULL;
        }
    }
}


ngx_uint_t
kng_remove_response_header(ngx_http_request_t *r, const u_char *lowcase, size_t len)
{
    ngx_uint_t        removed = 0;
    ngx_table_elt_t  *h;

    for ( ;; ) {
        h = kng_find_response_header(r, NULL, lowcase, len);
        if (h == NULL) {
            return removed;
        }

        h->hash = 0;
        kng_forget_response_header(r, h);
        removed++;
    }
}


ngx_table_elt_t *
kng_push_response_header(ngx_http_request_t *r,
    const u_char *name, size_t name_len, const u_char *value, size_t value_len)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    h->key.len = name_len;
    h->key.data = (u_char *) name;
    h->value.len = value_len;
    h->value.data = (u_char *) value;
    h->lowcase_key = h->key.data;

    return h;
}


static ngx_int_t
kng_note_response_header(ngx_http_request_t *r, ngx_table_elt_t *h)
{
    static const struct {
        ngx_str_t   name;
        size_t      offset;
    } known[] = {
        { ngx_string("server"), offsetof(ngx_http_headers_out_t, server) },
        { ngx_string("date"), offsetof(ngx_http_headers_out_t, date) },
        { ngx_string("content-encoding"), offsetof(ngx_http_headers_out_t, content_encoding) },
        { ngx_string("location"), offsetof(ngx_http_headers_out_t, location) },
        { ngx_string("etag"), offsetof(ngx_http_headers_out_t, etag) },
        { ngx_string("www-authenticate"), offsetof(ngx_http_headers_out_t, www_authenticate) }
    };
    ngx_uint_t  i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (h->key.len == known[i].name.len
            && ngx_strncasecmp(h->key.data, known[i].name.data, h->key.len) == 0)
        {
            *(ngx_table_elt_t **) ((char *) &r->headers_out + known[i].offset) = h;
            break;
        }
    }

    return NGX_OK;
}


ngx_int_t
kng_add_response_header(ngx_http_request_t *r,
    const u_char *name, size_t name_len, const u_char *value, size_t value_len)
{
    u_char           *p;
    ngx_table_elt_t  *h;

    p = ngx_pnalloc(r->pool, name_len + value_len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, name, name_len);
    ngx_memcpy(p + name_len, value, value_len);

    h = kng_push_response_header(r, p, name_len, p + name_len, value_len);
    if (h == NULL) {
        return NGX_ERROR;
    }

    return kng_note_response_header(r, h);
}


/* nginx writes its own Server unless there is an element; one without a hash is not written. */

void
kng_hide_server_header(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    if (r->headers_out.server) {
        return;
    }

    h = kng_push_response_header(r, (u_char *) "Server", sizeof("Server") - 1, (u_char *) "", 0);
    if (h) {
        h->hash = 0;
        r->headers_out.server = h;
    }
}


void
kng_set_content_type(ngx_http_request_t *r, const u_char *value, size_t len)
{
    u_char  *p;

    p = ngx_pnalloc(r->pool, len ? len : 1);
    if (p == NULL) {
        return;
    }

    ngx_memcpy(p, value, len);
    r->headers_out.content_type.data = p;
    r->headers_out.content_type.len = len;
    r->headers_out.content_type_len = len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_str_null(&r->headers_out.charset);
    r->headers_out.override_charset = NULL;
}


void
kng_clear_content_length(ngx_http_request_t *r)
{
    ngx_http_clear_content_length(r);
    ngx_http_clear_accept_ranges(r);
}
