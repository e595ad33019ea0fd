/* Configurations, the per-request context, and the calls from C into Swift. */

#ifndef KNG_MODULE_H
#define KNG_MODULE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


typedef struct {
    ngx_str_t                 name;
    ngx_array_t              *values;        /* of ngx_str_t */
} kng_setting_t;


typedef struct {
    ngx_str_t                 snapshot_path;
    size_t                    snapshot_size;
    ngx_array_t              *settings;      /* of kng_setting_t */
    ngx_uint_t                used;          /* unsigned used:1 */
    ngx_uint_t                rewrite;       /* a plugin has a rewrite phase */
} kng_main_conf_t;


typedef struct {
    ngx_flag_t                certificate;
} kng_srv_conf_t;


typedef struct {
    ngx_flag_t                enable;
} kng_loc_conf_t;


/* What a request carries from phase to phase; lives in its pool. */

typedef struct {
    ngx_http_request_t       *r;             /* NULL once the request is gone */
    void                     *route;         /* retained Swift objects, */
    void                     *request;       /* released by the clean-up */

    struct sockaddr          *sockaddr;
    socklen_t                 socklen;
    ngx_str_t                 peer;          /* text of the address, for logs */
    ngx_str_t                 upstream_host;
    ngx_str_t                 proxy_headers;
    ngx_str_t                 path;          /* raw: what is routed */
    ngx_str_t                 prefix;        /* matched, where it is not the path's start */
    ngx_uint_t                tries;
    ngx_uint_t                path_length;   /* of the path that the route matched */

    ngx_msec_t                balancer_end;
    ngx_msec_t                header_start;

    void                     *wait;          /* what a suspended request waits on */

    u_char                    request_id[32];
    u_char                    numbers[48];   /* two latencies as text */

    unsigned                  has_request_id:1;
    unsigned                  rewritten:1;
    unsigned                  derived:1;     /* a subrequest, or redirected inside */
    unsigned                  routed:1;      /* access has begun */
    unsigned                  plain_path:1;  /* in normal form as it is */
    unsigned                  passed:1;      /* access is over, go on */
    unsigned                  waiting:1;
    unsigned                  exited:1;      /* the gateway makes the answer */
    unsigned                  proxied:1;     /* a peer was asked for */
    unsigned                  filtered:1;    /* header filter has run */
    unsigned                  logged:1;
    unsigned                  websocket:1;
    unsigned                  unbuffered:1;  /* do not buffer the response */
    unsigned                  body_filter:1; /* a plugin wants the body */
    unsigned                  https:1;       /* the upstream speaks TLS */
    unsigned                  error_page:1;
    unsigned                  body_read:1;
    unsigned                  unresolved:1;  /* the service's name has no address */
} kng_ctx_t;


extern ngx_module_t  ngx_http_kong_module;

kng_ctx_t *kng_create_ctx(ngx_http_request_t *r);
kng_ctx_t *kng_find_ctx(ngx_http_request_t *r);

/* What the files here have of each other. */

ngx_int_t kng_init_phases(ngx_conf_t *cf);
ngx_int_t kng_error_page_handler(ngx_http_request_t *r);
void kng_init_filters(void);
ngx_buf_t *kng_create_buf(ngx_http_request_t *r, const u_char *data, size_t len, ngx_uint_t last);
ngx_int_t kng_add_variables(ngx_conf_t *cf);
void kng_keep_environment(void);
char *kng_conf_balancer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t kng_init_certificates(ngx_conf_t *cf);


/* Phases: nginx calls, Swift answers with nginx's codes. */

ngx_int_t kng_on_init_process(ngx_cycle_t *cycle, kng_main_conf_t *conf);
void kng_on_exit_process(ngx_cycle_t *cycle);
ngx_int_t kng_on_rewrite(ngx_http_request_t *r, kng_ctx_t *ctx);
ngx_int_t kng_on_access(ngx_http_request_t *r, kng_ctx_t *ctx);
ngx_int_t kng_on_balancer(ngx_http_request_t *r, kng_ctx_t *ctx);
void kng_on_header_filter(ngx_http_request_t *r, kng_ctx_t *ctx);
ngx_int_t kng_on_body_filter(ngx_http_request_t *r, kng_ctx_t *ctx, ngx_chain_t *in);
void kng_on_log(ngx_http_request_t *r, kng_ctx_t *ctx);
ngx_int_t kng_on_error_page(ngx_http_request_t *r, kng_ctx_t *ctx);
ngx_int_t kng_on_node_api(ngx_http_request_t *r);
ngx_int_t kng_on_proxy_headers(ngx_http_request_t *r, kng_ctx_t *ctx, ngx_str_t *block);
ngx_int_t kng_on_variable(ngx_http_request_t *r, kng_ctx_t *ctx, uintptr_t which, ngx_str_t *value);
ngx_int_t kng_on_certificate(ngx_ssl_conn_t *ssl, const u_char *name, size_t len);

/* The request goes away, whatever it was waiting for. */
void kng_on_cleanup(kng_ctx_t *ctx);

/* A name was resolved (addrs), or not (state). */
void kng_on_resolved(kng_ctx_t *ctx, ngx_int_t state, ngx_resolver_addr_t *addrs, ngx_uint_t naddrs);

/* The body that kng_read_body waited for is there. */
void kng_on_body(kng_ctx_t *ctx);

/* Posted jobs, timers and descriptors of the loop. */
void kng_on_wakeup(void);
void kng_on_timer(void *data);
void kng_on_descriptor(void *data, ngx_uint_t write);

#endif
