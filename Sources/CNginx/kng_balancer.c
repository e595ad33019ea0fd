/* The upstream's peer: the address that Swift put into the request's context. */

#include "CNginx.h"


static ngx_int_t kng_init_upstream(ngx_conf_t *cf, ngx_http_upstream_srv_conf_t *us);
static ngx_int_t kng_init_peer(ngx_http_request_t *r, ngx_http_upstream_srv_conf_t *us);
static ngx_int_t kng_get_peer(ngx_peer_connection_t *pc, void *data);
static void kng_free_peer(ngx_peer_connection_t *pc, void *data, ngx_uint_t state);
#if (NGX_HTTP_SSL)
static ngx_int_t kng_set_session(ngx_peer_connection_t *pc, void *data);
static void kng_save_session(ngx_peer_connection_t *pc, void *data);
#endif


char *
kng_conf_balancer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_upstream_srv_conf_t  *uscf;

    uscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_upstream_module);

    if (uscf->peer.init_upstream) {
        return "must come before other balancing methods";
    }

    uscf->flags = NGX_HTTP_UPSTREAM_CREATE;
    uscf->peer.init_upstream = kng_init_upstream;

    return NGX_CONF_OK;
}


static ngx_int_t
kng_init_upstream(ngx_conf_t *cf, ngx_http_upstream_srv_conf_t *us)
{
    us->peer.init = kng_init_peer;

    return NGX_OK;
}


static ngx_int_t
kng_init_peer(ngx_http_request_t *r, ngx_http_upstream_srv_conf_t *us)
{
    kng_ctx_t            *ctx;
    ngx_http_upstream_t  *u = r->upstream;

    ctx = kng_find_ctx(r);
    if (ctx == NULL || !ctx->passed) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "kong_balancer: the request did not pass through \"kong on\"");
        return NGX_ERROR;
    }

    u->peer.data = ctx;
    u->peer.get = kng_get_peer;
    u->peer.free = kng_free_peer;
    u->peer.tries = ctx->tries;
#if (NGX_HTTP_SSL)
    u->peer.set_session = kng_set_session;
    u->peer.save_session = kng_save_session;
#endif

    return kng_on_balancer(r, ctx);
}


static ngx_int_t
kng_get_peer(ngx_peer_connection_t *pc, void *data)
{
    kng_ctx_t  *ctx = data;

    if (ctx->sockaddr == NULL) {
        return NGX_BUSY;
    }

    pc->cached = 0;
    pc->connection = NULL;
    pc->sockaddr = ctx->sockaddr;
    pc->socklen = ctx->socklen;
    pc->name = &ctx->peer;

    ctx->proxied = 1;
    ctx->balancer_end = ngx_current_msec;

    return NGX_OK;
}


static void
kng_free_peer(ngx_peer_connection_t *pc, void *data, ngx_uint_t state)
{
    if (pc->tries) {
        pc->tries--;
    }
}


#if (NGX_HTTP_SSL)

static ngx_int_t
kng_set_session(ngx_peer_connection_t *pc, void *data)
{
    return NGX_OK;
}


static void
kng_save_session(ngx_peer_connection_t *pc, void *data)
{
}

#endif


ngx_int_t
kng_set_timeouts(ngx_http_request_t *r, ngx_msec_t connect, ngx_msec_t send, ngx_msec_t read)
{
    ngx_http_upstream_t       *u = r->upstream;
    ngx_http_upstream_conf_t  *conf;

    if (u->conf->connect_timeout == connect && u->conf->send_timeout == send
        && u->conf->read_timeout == read)
    {
        return NGX_OK;
    }

    conf = ngx_palloc(r->pool, sizeof(ngx_http_upstream_conf_t));
    if (conf == NULL) {
        return NGX_ERROR;
    }

    *conf = *u->conf;
    conf->connect_timeout = connect;
    conf->send_timeout = send;
    conf->read_timeout = read;
    u->conf = conf;

    return NGX_OK;
}
