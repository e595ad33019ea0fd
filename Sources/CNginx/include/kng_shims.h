/* What Swift cannot import of nginx (macros, bit fields behind macros, variadics), a few lines each. */

#ifndef KNG_SHIMS_H
#define KNG_SHIMS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


static ngx_inline void *
kng_palloc(ngx_http_request_t *r, size_t size)
{
    return ngx_palloc(r->pool, size);
}

static ngx_inline u_char *
kng_pnalloc(ngx_http_request_t *r, size_t size)
{
    return ngx_pnalloc(r->pool, size);
}

static ngx_inline ngx_msec_t
kng_now(void)
{
    return ngx_current_msec;
}

static ngx_inline time_t
kng_time(void)
{
    return ngx_time();
}

/* Unix time in milliseconds, as of the loop's present iteration. */
static ngx_inline int64_t
kng_time_ms(void)
{
    ngx_time_t  *now = ngx_timeofday();

    return (int64_t) now->sec * 1000 + now->msec;
}

/* Milliseconds from the request's first byte to the loop's present. */
static ngx_inline ngx_msec_int_t
kng_elapsed(ngx_http_request_t *r)
{
    ngx_time_t      *tp = ngx_timeofday();
    ngx_msec_int_t   ms = (ngx_msec_int_t) ((tp->sec - r->start_sec) * 1000 + (tp->msec - r->start_msec));

    return ms < 0 ? 0 : ms;
}

static ngx_inline int
kng_is_https(ngx_http_request_t *r)
{
#if (NGX_HTTP_SSL)
    return r->connection->ssl != NULL;
#else
    return 0;
#endif
}

/* The SNI of the handshake, or an empty string. */
ngx_str_t kng_server_name(ngx_http_request_t *r);

static ngx_inline ngx_str_t
kng_client_address(ngx_http_request_t *r)
{
    return r->connection->addr_text;
}

/* The connection's own peer, also where the realip module believed a header. */
ngx_str_t kng_direct_address(ngx_http_request_t *r);

ngx_uint_t kng_server_port(ngx_http_request_t *r);
/* The address, without its port, that the connection came in on; 0 when nginx does not know. */
size_t kng_server_address(ngx_http_request_t *r, u_char *out, size_t size);

/* The address of either end in network order: 4 or 16 bytes; 0 for a unix socket. */
size_t kng_address_bytes(ngx_http_request_t *r, ngx_uint_t local, u_char out[16]);
ngx_uint_t kng_client_port(ngx_http_request_t *r);

void kng_log(ngx_uint_t level, ngx_log_t *log, const char *text, size_t len);
void kng_log_request(ngx_uint_t level, ngx_http_request_t *r, const char *text, size_t len);
ngx_log_t *kng_cycle_log(void);
ngx_uint_t kng_worker_number(void);
ngx_uint_t kng_worker_exiting(void);

/* NAME=value, ended by NULL; NULL when there was no memory. */
char **kng_environment(void);

/* Headers. Lower-case names with their hash; sizes are lengths, no NUL. */
ngx_uint_t kng_header_hash(const u_char *lowcase, size_t len);
ngx_table_elt_t *kng_find_request_header(ngx_http_request_t *r, ngx_table_elt_t *after,
    ngx_uint_t hash, const u_char *lowcase, size_t len);
ngx_uint_t kng_remove_request_header(ngx_http_request_t *r, ngx_uint_t hash, const u_char *lowcase, size_t len);
/* known: nginx may keep a pointer to headers of this name. */
ngx_uint_t kng_is_header_value(const u_char *value, size_t value_len);
ngx_int_t kng_set_request_header(ngx_http_request_t *r, ngx_uint_t hash, ngx_uint_t known,
    const u_char *name, const u_char *lowcase, size_t name_len, const u_char *value, size_t value_len);
ngx_int_t kng_add_request_header(ngx_http_request_t *r, ngx_uint_t hash, ngx_uint_t known,
    const u_char *name, const u_char *lowcase, size_t name_len, const u_char *value, size_t value_len);
/* Several in one step: the records of KongPDK's HeaderSet. */
ngx_int_t kng_set_request_headers(ngx_http_request_t *r, const uint64_t *records, size_t words);
ngx_table_elt_t *kng_next_request_header(ngx_http_request_t *r, ngx_list_part_t **part, ngx_uint_t *i);

ngx_table_elt_t *kng_find_response_header(ngx_http_request_t *r, ngx_table_elt_t *after,
    const u_char *lowcase, size_t len);
ngx_uint_t kng_remove_response_header(ngx_http_request_t *r, const u_char *lowcase, size_t len);
ngx_table_elt_t *kng_next_response_header(ngx_http_request_t *r, ngx_list_part_t **part, ngx_uint_t *i);
/* name and value must outlive the request: literals, or its pool's. */
ngx_table_elt_t *kng_push_response_header(ngx_http_request_t *r,
    const u_char *name, size_t name_len, const u_char *value, size_t value_len);
ngx_int_t kng_add_response_header(ngx_http_request_t *r,
    const u_char *name, size_t name_len, const u_char *value, size_t value_len);
void kng_hide_server_header(ngx_http_request_t *r);
void kng_set_content_type(ngx_http_request_t *r, const u_char *value, size_t len);
void kng_clear_content_length(ngx_http_request_t *r);
ngx_table_elt_t *kng_find_upstream_header(ngx_http_request_t *r, const u_char *lowcase, size_t len);

/* 1: the answer has an Upgrade header, 2: a Trailer header. */
static ngx_inline ngx_uint_t
kng_has_upgrade_or_trailer(ngx_http_request_t *r)
{
    ngx_uint_t        i, found = 0;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == 7 && h[i].hash) {
                found |= ((h[i].key.data[0] | 0x20) == 'u') ? 1 : ((h[i].key.data[0] | 0x20) == 't') ? 2 : 0;
            }
        }
    }

    return found;
}

/* An answer of the gateway's own; the body is copied. Returns what the filters returned. */
ngx_int_t kng_send(ngx_http_request_t *r, ngx_uint_t status, const u_char *type, size_t type_len,
    const u_char *body, size_t body_len);
/* In a phase handler: the answer has been given to the filters, finish with its code. */
ngx_int_t kng_finish(ngx_http_request_t *r, ngx_int_t rc);

/* Suspends in the access phase: notices a client that goes away; kng_resume runs the phases again. */
void kng_suspend(ngx_http_request_t *r);
void kng_resume(ngx_http_request_t *r);

ngx_int_t kng_read_body(ngx_http_request_t *r, kng_ctx_t *ctx);
/* The buffered body's parts; a part in a file is read into the pool. NULL at the end. */
off_t kng_body_size(ngx_http_request_t *r);
ngx_int_t kng_body_bytes(ngx_http_request_t *r, ngx_str_t *out, size_t limit);
ngx_int_t kng_set_body(ngx_http_request_t *r, const u_char *data, size_t len);

/* Goes on in another location's configuration (a named one), without a redirect. */
ngx_int_t kng_use_location(ngx_http_request_t *r, const char *name, size_t len);

/* Resolves a name with the location's resolver; kng_on_resolved answers. NGX_DECLINED: no resolver. */
ngx_int_t kng_resolve(ngx_http_request_t *r, kng_ctx_t *ctx, const u_char *name, size_t len);

/* This request's own copy of the upstream's timeouts, in milliseconds. */
ngx_int_t kng_set_timeouts(ngx_http_request_t *r, ngx_msec_t connect, ngx_msec_t send, ngx_msec_t read);

/* The chain as bytes, and a chain of one buffer of bytes (copied). */
size_t kng_chain_size(ngx_chain_t *in);
void kng_chain_copy(ngx_chain_t *in, u_char *out);
ngx_uint_t kng_chain_last(ngx_chain_t *in);
void kng_chain_consume(ngx_chain_t *in);
ngx_int_t kng_next_body_filter(ngx_http_request_t *r, const u_char *data, size_t len, ngx_uint_t last);

/* The loop: jobs for the next iteration, timers, foreign descriptors. */
ngx_int_t kng_loop_init(ngx_cycle_t *cycle);
void kng_loop_post(void);
void kng_loop_wake(void);            /* from any thread */
void *kng_timer_start(ngx_msec_t ms, ngx_uint_t cancelable, void *data);
void kng_timer_stop(void *timer);
void *kng_descriptor_watch(int fd, ngx_uint_t read, ngx_uint_t write, void *data);
void kng_descriptor_forget(void *watch);

/* TLS handshake: forget the server's certificates, then offer each of these. 0 on success. */
void kng_ssl_clear(ngx_ssl_conn_t *ssl);
int kng_ssl_use(ngx_ssl_conn_t *ssl, void *chain, void *key);
void *kng_ssl_parse_chain(const char *pem, size_t len);
void *kng_ssl_parse_key(const char *pem, size_t len);
void kng_ssl_free_chain(void *chain);
void kng_ssl_free_key(void *key);

/* Connection counters since the start: accepted, handled, requests, active, reading, writing, waiting. */
void kng_counters(ngx_uint_t out[7]);

/* Of all error logs of this worker: NGX_LOG_EMERG to NGX_LOG_DEBUG; 0 is what each was configured with. */
void kng_set_log_level(ngx_uint_t level);

#endif
