/* Changing request headers, and nginx's own pointers to them. */

#include "CNginx.h"


/*
 * Takes elements out without moving any other one: nginx keeps pointers to them.
 * The proxy writes every element of the list, so that a zero hash would not do.
 */

static void
kng_list_remove(ngx_list_t *list, ngx_list_part_t *prev, ngx_list_part_t *part, ngx_uint_t i, ngx_pool_t *pool)
{
    ngx_list_part_t  *rest;

    if (part->nelts == 1 && prev != NULL) {
        /* nginx's loops expect an element in every part but the first. */
        prev->next = part->next;

        if (part == list->last) {
            list->last = prev;
            list->nalloc = prev->nelts ? prev->nelts : 1;
        }

        return;
    }

    if (i + 1 == part->nelts) {
        part->nelts--;
        return;
    }

    if (i == 0) {
        part->elts = (u_char *) part->elts + list->size;
        part->nelts--;

        if (part == list->last) {
            list->nalloc--;
        }

        return;
    }

    rest = ngx_palloc(pool, sizeof(ngx_list_part_t));
    if (rest == NULL) {
        return;
    }

    rest->elts = (u_char *) part->elts + (i + 1) * list->size;
    rest->nelts = part->nelts - i - 1;
    rest->next = part->next;

    if (part == list->last) {
        list->last = rest;
        list->nalloc -= i + 1;
    }

    part->nelts = i;
    part->next = rest;
}


static void
kng_forget_known_header(ngx_http_request_t *r, ngx_table_elt_t *h)
{
    ngx_uint_t                  i;
    ngx_array_t                *multi;
    ngx_table_elt_t           **known, **elts;
    ngx_http_header_t          *hh;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);
    hh = ngx_hash_find(&cmcf->headers_in_hash, h->hash, h->lowcase_key, h->key.len);
    if (hh == NULL || hh->offset == 0) {
        return;
    }

    if (hh->offset == offsetof(ngx_http_headers_in_t, x_forwarded_for)
        || hh->offset == offsetof(ngx_http_headers_in_t, cookies))
    {
        multi = (ngx_array_t *) ((char *) &r->headers_in + hh->offset);
        elts = multi->elts;

        for (i = 0; i < multi->nelts; i++) {
            if (elts[i] == h) {
                elts[i] = elts[--multi->nelts];
                return;
            }
        }

        return;
    }

    known = (ngx_table_elt_t **) ((char *) &r->headers_in + hh->offset);
    if (*known == h) {
        *known = NULL;
    }
}


ngx_uint_t
kng_remove_request_header(ngx_http_request_t *r, ngx_uint_t hash, const u_char *lowcase, size_t len)
{
    ngx_uint_t        i, removed = 0;
    ngx_list_part_t  *part, *prev;
    ngx_table_elt_t  *h;

again:

    prev = NULL;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].hash == hash && h[i].key.len == len
                && ngx_memcmp(h[i].lowcase_key, lowcase, len) == 0)
            {
                kng_forget_known_header(r, &h[i]);
                kng_list_remove(&r->headers_in.headers, prev, part, i, r->pool);
                removed++;
                goto again;
            }
        }

        prev = part;
    }

    return removed;
}


/* The text, which must outlive the request: the name, the name in lower case, the value, a NUL. */

static ngx_int_t
kng_push_request_header(ngx_http_request_t *r, ngx_uint_t hash, ngx_uint_t known,
    u_char *text, size_t name_len, size_t value_len)
{
    ngx_table_elt_t            *h;
    ngx_http_header_t          *hh;
    ngx_http_core_main_conf_t  *cmcf;

    h = ngx_list_push(&r->headers_in.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = hash;
    h->key.len = name_len;
    h->key.data = text;
    h->lowcase_key = text + name_len;
    h->value.len = value_len;
    h->value.data = text + 2 * name_len;

    if (!known) {
        return NGX_OK;
    }

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);
    hh = ngx_hash_find(&cmcf->headers_in_hash, hash, h->lowcase_key, name_len);

    /* Host was checked when the request was read: a second one must not change the server. */
    if (hh && hh->handler && hh->offset != offsetof(ngx_http_headers_in_t, host)) {
        return hh->handler(r, h, hh->offset);
    }

    return NGX_OK;
}


ngx_int_t
kng_add_request_header(ngx_http_request_t *r, ngx_uint_t hash, ngx_uint_t known,
    const u_char *name, const u_char *lowcase, size_t name_len, const u_char *value, size_t value_len)
{
    u_char  *p, *text;

    text = ngx_pnalloc(r->pool, name_len * 2 + value_len + 1);
    if (text == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(text, name, name_len);
    p = ngx_cpymem(p, lowcase, name_len);
    p = ngx_cpymem(p, value, value_len);
    *p = '\0';

    return kng_push_request_header(r, hash, known, text, name_len, value_len);
}


/* A value must not end its line: that would smuggle another header, or another request. */

ngx_uint_t
kng_is_header_value(const u_char *p, size_t len)
{
    uint64_t       word;
    const u_char  *last;

    for (last = p + len; last - p >= 8; p += 8) {
        ngx_memcpy(&word, p, 8);

        /* Any byte below 14 sets its high bit; bytes above 127 do not. */
        if ((word - 0x0e0e0e0e0e0e0e0eULL) & ~word & 0x8080808080808080ULL) {
            break;
        }
    }

    for ( /* void */ ; p < last; p++) {
        if (*p == '\n' || *p == '\r' || *p == '\0') {
            return 0;
        }
    }

    return 1;
}


/* Takes the place of every header of this name; a value that is none only removes them. */

ngx_int_t
kng_set_request_header(ngx_http_request_t *r, ngx_uint_t hash, ngx_uint_t known,
    const u_char *name, const u_char *lowcase, size_t name_len, const u_char *value, size_t value_len)
{
    kng_remove_request_header(r, hash, lowcase, name_len);

    if (!kng_is_header_value(value, value_len)) {
        return NGX_DECLINED;
    }

    return kng_add_request_header(r, hash, known, name, lowcase, name_len, value, value_len);
}


/* What stands before each header's texts in the records of KongPDK's HeaderSet. */

typedef struct {
    uint64_t  hash;
    uint16_t  name_len;
    uint16_t  known;
    int32_t   value_len;                     /* -1: only removed */
} kng_header_record_t;


static ngx_inline size_t
kng_header_record_text(const kng_header_record_t *record)
{
    return 2 * (size_t) record->name_len + (record->value_len < 0 ? 0 : (size_t) record->value_len);
}


static ngx_inline kng_header_record_t *
kng_next_header_record(kng_header_record_t *record)
{
    return (kng_header_record_t *)
               ((uint64_t *) (record + 1) + kng_header_record_text(record) / sizeof(uint64_t) + 1);
}


/* Whether a header of one of these names may be there: nearly never, as clients have no reason to send them. */

static ngx_uint_t
kng_may_have_request_header(ngx_http_request_t *r, kng_header_record_t *record, kng_header_record_t *last)
{
    uint64_t          hashes[8];
    ngx_uint_t        i, j, n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (n = 0; record < last; record = kng_next_header_record(record)) {
        if (n == sizeof(hashes) / sizeof(hashes[0])) {
            return 1;
        }

        hashes[n++] = record->hash;
    }

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            for (j = 0; j < n; j++) {
                if (h[i].hash == hashes[j]) {
                    return 1;
                }
            }
        }
    }

    return 0;
}


ngx_int_t
kng_set_request_headers(ngx_http_request_t *r, const uint64_t *records, size_t words)
{
    u_char               *text;
    uint64_t             *copy;
    ngx_uint_t            removes;
    kng_header_record_t  *record, *last;

    copy = ngx_palloc(r->pool, words * sizeof(uint64_t));
    if (copy == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(copy, records, words * sizeof(uint64_t));

    record = (kng_header_record_t *) copy;
    last = (kng_header_record_t *) (copy + words);
    removes = kng_may_have_request_header(r, record, last);

    for ( /* void */ ; record < last; record = kng_next_header_record(record)) {
        text = (u_char *) (record + 1);

        if (removes) {
            kng_remove_request_header(r, record->hash, text + record->name_len, record->name_len);
        }

        if (record->value_len >= 0
            && kng_push_request_header(r, record->hash, record->known, text, record->name_len,
                                       (size_t) record->value_len) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
