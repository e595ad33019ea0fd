/* Answers, suspension, the location: what a request does. */

#include "CNginx.h"


ngx_int_t
kng_send(ngx_http_request_t *r, ngx_uint_t status, const u_char *type, size_t type_len,
    const u_char *body, size_t body_len)
{
    ngx_int_t    rc;
    ngx_chain_t  out;

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

    out.buf = kng_create_buf(r, body, body_len, 1);
    if (out.buf == NULL) {
        return NGX_ERROR;
    }

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
