/* Looking at headers, in nginx's lists: what the client, the gateway and the service sent. */

#include "CNginx.h"


ngx_uint_t
kng_header_hash(const u_char *lowcase, size_t len)
{
    return ngx_hash_key((u_char *) lowcase, len);
}


static ngx_table_elt_t *
kng_find_header(ngx_list_t *headers, ngx_table_elt_t *after, ngx_uint_t hash, const u_char *lowcase, size_t len)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &headers->part; part; part = part->next) {
        h = part->elts;
        i = 0;

        if (after != NULL) {
            if (after < h || after >= h + part->nelts) {
                continue;
            }

            i = after - h + 1;
            after = NULL;
        }

        for ( /* void */ ; i < part->nelts; i++) {
            if (h[i].hash == 0 || h[i].key.len != len) {
                continue;
            }

            /* Request headers carry a hash and a lower-case name, response headers carry 1. */
            if (hash != 0) {
                if (h[i].hash == hash && ngx_memcmp(h[i].lowcase_key, lowcase, len) == 0) {
                    return &h[i];
                }

                continue;
            }

            if (ngx_strncasecmp(h[i].key.data, (u_char *) lowcase, len) == 0) {
                return &h[i];
            }
        }
    }

    return NULL;
}


ngx_table_elt_t *
kng_find_request_header(ngx_http_request_t *r, ngx_table_elt_t *after,
    ngx_uint_t hash, const u_char *lowcase, size_t len)
{
    return kng_find_header(&r->headers_in.headers, after, hash, lowcase, len);
}


ngx_table_elt_t *
kng_find_response_header(ngx_http_request_t *r, ngx_table_elt_t *after, const u_char *lowcase, size_t len)
{
    return kng_find_header(&r->headers_out.headers, after, 0, lowcase, len);
}


ngx_table_elt_t *
kng_find_upstream_header(ngx_http_request_t *r, const u_char *lowcase, size_t len)
{
    if (r->upstream == NULL || r->upstream->headers_in.headers.part.elts == NULL) {
        return NULL;
    }

    return kng_find_header(&r->upstream->headers_in.headers, NULL, 0, lowcase, len);
}


static ngx_table_elt_t *
kng_next_header(ngx_list_part_t **part, ngx_uint_t *i)
{
    ngx_table_elt_t  *h;

    while (*part) {
        if (*i >= (*part)->nelts) {
            *part = (*part)->next;
            *i = 0;
            continue;
        }

        h = (ngx_table_elt_t *) (*part)->elts + (*i)++;
        if (h->hash) {
            return h;
        }
    }

    return NULL;
}


/* Start with *part NULL and *i 0; NULL is the end. */

ngx_table_elt_t *
kng_next_request_header(ngx_http_request_t *r, ngx_list_part_t **part, ngx_uint_t *i)
{
    if (*part == NULL && *i == 0) {
        *part = &r->headers_in.headers.part;
    }

    return kng_next_header(part, i);
}


ngx_table_elt_t *
kng_next_response_header(ngx_http_request_t *r, ngx_list_part_t **part, ngx_uint_t *i)
{
    if (*part == NULL && *i == 0) {
        *part = &r->headers_out.headers.part;
    }

    return kng_next_header(part, i);
}
