/* The level of every error log of a running worker. nginx has none to set: each log keeps the one that it was read
 * with, and connections copy it from their location's log with every request. */

#include "CNginx.h"


typedef struct {
    ngx_log_t   *log;
    ngx_uint_t   configured;
} kng_log_t;


static kng_log_t    kng_logs[64];
static ngx_uint_t   kng_nlogs;


static void
kng_add_log(ngx_log_t *log)
{
    ngx_uint_t  i;

    for ( /* void */ ; log; log = log->next) {

        for (i = 0; i < kng_nlogs && kng_logs[i].log != log; i++) { /* void */ }

        if (i == kng_nlogs && i < sizeof(kng_logs) / sizeof(kng_logs[0])) {
            kng_logs[i].log = log;
            kng_logs[i].configured = log->log_level;
            kng_nlogs++;
        }
    }
}


static void kng_add_location(ngx_http_core_loc_conf_t *clcf);


static void
kng_add_tree(ngx_http_location_tree_node_t *node)
{
    if (node == NULL) {
        return;
    }

    kng_add_tree(node->left);
    kng_add_tree(node->right);
    kng_add_tree(node->tree);

    if (node->exact) {
        kng_add_location(node->exact);
    }

    if (node->inclusive) {
        kng_add_location(node->inclusive);
    }
}


static void
kng_add_location(ngx_http_core_loc_conf_t *clcf)
{
#if (NGX_PCRE)
    ngx_http_core_loc_conf_t  **regex;
#endif

    kng_add_log(clcf->error_log);
    kng_add_tree(clcf->static_locations);

#if (NGX_PCRE)
    for (regex = clcf->regex_locations; regex && *regex; regex++) {
        kng_add_location(*regex);
    }
#endif
}


static void
kng_find_logs(void)
{
    ngx_uint_t                   i;
    ngx_http_conf_ctx_t         *http;
    ngx_http_core_srv_conf_t   **servers;
    ngx_http_core_loc_conf_t   **named;
    ngx_http_core_main_conf_t   *cmcf;

    kng_add_log(ngx_cycle->log);

    http = (ngx_http_conf_ctx_t *) ngx_get_conf(ngx_cycle->conf_ctx, ngx_http_module);
    if (http == NULL) {
        return;
    }

    kng_add_location(http->loc_conf[ngx_http_core_module.ctx_index]);

    cmcf = http->main_conf[ngx_http_core_module.ctx_index];
    servers = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        kng_add_location(servers[i]->ctx->loc_conf[ngx_http_core_module.ctx_index]);

        for (named = servers[i]->named_locations; named && *named; named++) {
            kng_add_location(*named);
        }
    }
}


static ngx_uint_t
kng_configured(ngx_log_t *log)
{
    ngx_uint_t  i;

    for (i = 0; i < kng_nlogs; i++) {
        if (kng_logs[i].log == log || kng_logs[i].log->file == log->file) {
            return kng_logs[i].configured;
        }
    }

    return ngx_cycle->log->log_level;
}


void
kng_set_log_level(ngx_uint_t level)
{
    ngx_uint_t         i;
    ngx_connection_t  *c;

    if (kng_nlogs == 0) {
        kng_find_logs();
    }

    if (level >= NGX_LOG_DEBUG) {
        level = NGX_LOG_DEBUG_ALL;
    }

    for (i = 0; i < kng_nlogs; i++) {
        kng_logs[i].log->log_level = level ? level : kng_logs[i].configured;
    }

    /* Those that are open have copies: the request in which this is called is on one of them. */

    c = ngx_cycle->connections;

    for (i = 0; i < ngx_cycle->connection_n; i++) {
        if (c[i].fd != (ngx_socket_t) -1 && c[i].log) {
            c[i].log->log_level = level ? level : kng_configured(c[i].log);
        }
    }
}
