/* The module's tables, its configurations and its directives. */

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


static ngx_int_t
ngx_http_kong_init(ngx_conf_t *cf)
{
    kng_main_conf_t  *kmcf;

    kmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_kong_module);
    if (!kmcf->used) {
        return NGX_OK;
    }

    if (kmcf->snapshot_path.len == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"kong on\" needs a \"kong_snapshot\" directive in the http block");
        return NGX_ERROR;
    }

    if (kng_init_phases(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    kng_init_filters();

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
    return ngx_http_kong_set_handler(cf, kng_error_page_handler);
}


static char *
ngx_http_kong_node_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_kong_set_handler(cf, kng_on_node_api);
}
