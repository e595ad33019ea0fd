/*
 * The module's tables: directives, configurations, phase handlers, filters.
 * No policy: each handler finds the request's context and calls Swift.
 */

#include "CNginx.h"


static ngx_int_t ngx_http_kong_init(ngx_conf_t *cf);
static void *ngx_http_kong_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_kong_create_srv_conf(ngx_conf_t *cf);
static char *ngx_http_kong_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child);
static void *ngx_http_kong_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_kong_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
static ngx_int_t ngx_http_kong_init_process(ngx_cycle_t *cycle);
static void ngx_http_kong_exit_process(ngx_cycle_t *cycle);

static char *ngx_http_kong_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_kong_snapshot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_kong_setting(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_kong_error_handler(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_kong_node_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


static ngx_command_t  ngx_http_kong_commands[] = {

    { ngx_string("kong"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_http_kong_enable,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(kng_loc_conf_t, enable),
      NULL },

    { ngx_string("kong_snapshot"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ngx_http_kong_snapshot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("kong_setting"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_kong_setting,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("kong_certificate"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(kng_srv_conf_t, certificate),
      NULL },

    { ngx_string("kong_balancer"),
      NGX_HTTP_UPS_CONF|NGX_CONF_NOARGS,
      kng_conf_balancer,
      0,
      0,
      NULL },

    { ngx_string("kong_error_handler"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_kong_error_handler,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("kong_node_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_kong_node_api,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_kong_module_ctx = {
    kng_add_variables,                     /* preconfiguration */
    ngx_http_kong_init,                    /* postconfiguration */

    ngx_http_kong_create_main_conf,        /* create main configuration */
    NULL,                                  /* init main configuration */

    ngx_http_kong_create_srv_conf,         /* create server configuration */
    ngx_http_kong_merge_srv_conf,          /* merge server configuration */

    ngx_http_kong_create_loc_conf,         /* create location configuration */
    ngx_http_kong_merge_loc_conf           /* merge location configuration */
};


ngx_module_t  ngx_http_kong_module = {
    NGX_MODULE_V1,
    &ngx_http_kong_module_ctx,             /* module context */
    ngx_http_kong_commands,                /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_kong_init_process,            /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_kong_exit_process,            /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* What load_module looks for. */

ngx_module_t *ngx_modules[] = {
    &ngx_http_kong_module,
    NULL
};

char *ngx_module_names[] = {
    "ngx_http_kong_module",
    NULL
};

/* The filters run after the copy filter, so that bodies are in memory, and before gzip and the writers. */
char *ngx_module_order[] = {
    "ngx_http_kong_module",
    "ngx_http_copy_filter_module",
    "ngx_http_range_body_filter_module",
    "ngx_http_not_modified_filter_module",
    NULL
};


static void
ngx_http_kong_cleanup(void *data)
{
    kng_ctx_t  *ctx = data;

    kng_on_cleanup(ctx);
    ctx->r = NULL;
}


kng_ctx_t *
kng_create_ctx(ngx_http_request_t *r)
{
    kng_ctx_t           *ctx;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(kng_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(kng_ctx_t));
    ctx->r = r;
    cln->handler = ngx_http_kong_cleanup;

    ngx_http_set_ctx(r, ctx, ngx_http_kong_module);

    return ctx;
}


/* An internal redirect forgets the contexts; the clean-up remembers ours. */

kng_ctx_t *
kng_find_ctx(ngx_http_request_t *r)
{
    kng_ctx_t           *ctx;
    ngx_pool_cleanup_t  *cln;

    ctx = ngx_http_get_module_ctx(r, ngx_http_kong_module);
    if (ctx != NULL || !(r->internal || r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_kong_cleanup) {
            ctx = cln->data;
            if (ctx->r == r) {
                ngx_http_set_ctx(r, ctx, ngx_http_kong_module);
                return ctx;
            }
        }
    }

    return NULL;
}


/*
 * The context for this pass through the phases. A request that nginx redirected inside has lost its context: it is
 * routed anew, by its new URI, with the plugins of the route that it now takes.
 */

static kng_ctx_t *
ngx_http_kong_pass(ngx_http_request_t *r)
{
    kng_ctx_t  *ctx, *old;

    ctx = ngx_http_get_module_ctx(r, ngx_http_kong_module);
    if (ctx != NULL) {
        return ctx;
    }

    old = r->internal ? kng_find_ctx(r) : NULL;

    ctx = kng_create_ctx(r);
    if (ctx == NULL) {
        return NULL;
    }

    if (old != NULL && old->has_request_id) {
        ctx->has_request_id = 1;
        ngx_memcpy(ctx->request_id, old->request_id, sizeof(ctx->request_id));
    }

    ctx->derived = (r->internal || r != r->main) ? 1 : 0;

    return ctx;
}


static ngx_int_t
ngx_http_kong_rewrite_handler(ngx_http_request_t *r)
{
    kng_ctx_t        *ctx;
    kng_loc_conf_t   *klcf;
    kng_main_conf_t  *kmcf;

    kmcf = ngx_http_get_module_main_conf(r, ngx_http_kong_module);
    if (!kmcf->rewrite || r != r->main) {
        return NGX_DECLINED;
    }

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_kong_module);
    if (!klcf->enable) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_kong_pass(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return kng_on_rewrite(r, ctx);
}


static ngx_int_t
ngx_http_kong_route(ngx_http_request_t *r)
{
    kng_ctx_t  *ctx;

    ctx = ngx_http_kong_pass(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return kng_on_access(r, ctx);
}


static ngx_int_t
ngx_http_kong_access_handler(ngx_http_request_t *r)
{
    kng_loc_conf_t  *klcf;

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_kong_module);
    if (!klcf->enable) {
        return NGX_DECLINED;
    }

    return ngx_http_kong_route(r);
}


/* nginx skips the access phase of subrequests: they are routed one phase earlier. */

static ngx_int_t
ngx_http_kong_preaccess_handler(ngx_http_request_t *r)
{
    kng_loc_conf_t  *klcf;

    if (r == r->main) {
        return NGX_DECLINED;
    }

    klcf = ngx_http_get_module_loc_conf(r, ngx_http_kong_module);
    if (!klcf->enable) {
        return NGX_DECLINED;
    }

    return ngx_http_kong_route(r);
}


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


ngx_int_t
kng_next_body_filter(ngx_http_request_t *r, const u_char *data, size_t len, ngx_uint_t last)
{
    ngx_buf_t    *b;
    ngx_chain_t   out;

    b = len ? ngx_create_temp_buf(r->pool, len) : ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    if (len) {
        b->last = ngx_cpymem(b->last, data, len);
    }

    b->last_buf = (last && r == r->main) ? 1 : 0;
    b->last_in_chain = last ? 1 : 0;
    b->sync = (len == 0 && !b->last_buf) ? 1 : 0;

    out.buf = b;
    out.next = NULL;

    return ngx_http_next_body_filter(r, &out);
}


static ngx_int_t
ngx_http_kong_log_handler(ngx_http_request_t *r)
{
    kng_ctx_t  *ctx;

    ctx = kng_find_ctx(r);
    if (ctx != NULL && !ctx->logged) {
        ctx->logged = 1;
        kng_on_log(r, ctx);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_kong_error_content_handler(ngx_http_request_t *r)
{
    kng_ctx_t  *ctx;

    ctx = kng_find_ctx(r);
    if (ctx == NULL) {
        ctx = kng_create_ctx(r);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return kng_on_error_page(r, ctx);
}


static ngx_int_t
ngx_http_kong_add_handler(ngx_http_core_main_conf_t *cmcf, ngx_uint_t phase, ngx_http_handler_pt handler)
{
    ngx_http_handler_pt  *h;

    h = ngx_array_push(&cmcf->phases[phase].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = handler;

    return NGX_OK;
}


static ngx_int_t
ngx_http_kong_init(ngx_conf_t *cf)
{
    kng_main_conf_t            *kmcf;
    ngx_http_core_main_conf_t  *cmcf;

    kmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_kong_module);
    if (!kmcf->used) {
        return NGX_OK;
    }

    if (kmcf->snapshot_path.len == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"kong on\" needs a \"kong_snapshot\" directive in the http block");
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    if (ngx_http_kong_add_handler(cmcf, NGX_HTTP_REWRITE_PHASE, ngx_http_kong_rewrite_handler) != NGX_OK
        || ngx_http_kong_add_handler(cmcf, NGX_HTTP_PREACCESS_PHASE, ngx_http_kong_preaccess_handler) != NGX_OK
        || ngx_http_kong_add_handler(cmcf, NGX_HTTP_ACCESS_PHASE, ngx_http_kong_access_handler) != NGX_OK
        || ngx_http_kong_add_handler(cmcf, NGX_HTTP_LOG_PHASE, ngx_http_kong_log_handler) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_kong_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_kong_body_filter;

    return kng_init_certificates(cf);
}


static ngx_int_t
ngx_http_kong_init_process(ngx_cycle_t *cycle)
{
    kng_main_conf_t  *kmcf;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) {
        return NGX_OK;
    }

    kmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_kong_module);
    if (kmcf == NULL || !kmcf->used) {
        return NGX_OK;
    }

    if (kng_loop_init(cycle) != NGX_OK) {
        return NGX_ERROR;
    }

    return kng_on_init_process(cycle, kmcf);
}


static void
ngx_http_kong_exit_process(ngx_cycle_t *cycle)
{
    kng_main_conf_t  *kmcf;

    kmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_kong_module);
    if (kmcf != NULL && kmcf->used) {
        kng_on_exit_process(cycle);
    }
}


static void *
ngx_http_kong_create_main_conf(ngx_conf_t *cf)
{
    kng_main_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(kng_main_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    kng_keep_environment();

    conf->settings = ngx_array_create(cf->pool, 16, sizeof(kng_setting_t));
    if (conf->settings == NULL) {
        return NULL;
    }

    return conf;
}


static void *
ngx_http_kong_create_srv_conf(ngx_conf_t *cf)
{
    kng_srv_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(kng_srv_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->certificate = NGX_CONF_UNSET;

    return conf;
}


static char *
ngx_http_kong_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    kng_srv_conf_t  *prev = parent;
    kng_srv_conf_t  *conf = child;

    ngx_conf_merge_value(conf->certificate, prev->certificate, 0);

    return NGX_CONF_OK;
}


static void *
ngx_http_kong_create_loc_conf(ngx_conf_t *cf)
{
    kng_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(kng_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->enable = NGX_CONF_UNSET;

    return conf;
}


static char *
ngx_http_kong_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    kng_loc_conf_t  *prev = parent;
    kng_loc_conf_t  *conf = child;

    ngx_conf_merge_value(conf->enable, prev->enable, 0);

    return NGX_CONF_OK;
}


static void
ngx_http_kong_use(ngx_conf_t *cf)
{
    kng_main_conf_t  *kmcf;

    kmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_kong_module);
    kmcf->used = 1;
}


static char *
ngx_http_kong_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    kng_loc_conf_t  *klcf = conf;
    char            *rv;

    rv = ngx_conf_set_flag_slot(cf, cmd, conf);
    if (rv == NGX_CONF_OK && klcf->enable) {
        ngx_http_kong_use(cf);
    }

    return rv;
}


static char *
ngx_http_kong_snapshot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    kng_main_conf_t  *kmcf = conf;
    ngx_str_t        *value = cf->args->elts;
    ssize_t           size = 2048L * 1024 * 1024;

    if (kmcf->snapshot_path.len) {
        return "is duplicate";
    }

    if (cf->args->nelts == 3) {
        size = ngx_parse_offset(&value[2]);
        if (size < 1024 * 1024) {
            return "has an invalid size: at least 1m is needed";
        }
    }

    kmcf->snapshot_path = value[1];
    kmcf->snapshot_size = (size_t) size;

    if (ngx_conf_full_name(cf->cycle, &kmcf->snapshot_path, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_kong_setting(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    kng_main_conf_t  *kmcf = conf;
    ngx_str_t        *value = cf->args->elts, *v;
    kng_setting_t    *setting;
    ngx_uint_t        i;

    setting = ngx_array_push(kmcf->settings);
    if (setting == NULL) {
        return NGX_CONF_ERROR;
    }

    setting->name = value[1];
    setting->values = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
    if (setting->values == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {
        v = ngx_array_push(setting->values);
        if (v == NULL) {
            return NGX_CONF_ERROR;
        }

        *v = value[i];
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_kong_set_handler(ngx_conf_t *cf, ngx_http_handler_pt handler)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = handler;
    ngx_http_kong_use(cf);

    return NGX_CONF_OK;
}


static char *
ngx_http_kong_error_handler(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_kong_set_handler(cf, ngx_http_kong_error_content_handler);
}


static char *
ngx_http_kong_node_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_kong_set_handler(cf, kng_on_node_api);
}
