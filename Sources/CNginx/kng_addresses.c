/* The addresses of both ends of a connection. */

#include "CNginx.h"


ngx_uint_t
kng_server_port(ngx_http_request_t *r)
{
    /* The address of a listener on "*" is asked from the kernel only when it is not known. */
    if (ngx_connection_local_sockaddr(r->connection, NULL, 0) != NGX_OK) {
        return 0;
    }

    return ngx_inet_get_port(r->connection->local_sockaddr);
}


size_t
kng_server_address(ngx_http_request_t *r, u_char *out, size_t size)
{
    ngx_str_t  text;

    text.data = out;
    text.len = size;

    return ngx_connection_local_sockaddr(r->connection, &text, 0) == NGX_OK ? text.len : 0;
}


size_t
kng_address_bytes(ngx_http_request_t *r, ngx_uint_t local, u_char out[16])
{
    struct sockaddr  *sa;

    if (local && ngx_connection_local_sockaddr(r->connection, NULL, 0) != NGX_OK) {
        return 0;
    }

    sa = local ? r->connection->local_sockaddr : r->connection->sockaddr;

    switch (sa->sa_family) {

    case AF_INET:
        ngx_memcpy(out, &((struct sockaddr_in *) sa)->sin_addr, 4);
        return 4;

#if (NGX_HAVE_INET6)
    case AF_INET6:
        ngx_memcpy(out, &((struct sockaddr_in6 *) sa)->sin6_addr, 16);
        return 16;
#endif

    default:
        return 0;
    }
}


ngx_uint_t
kng_client_port(ngx_http_request_t *r)
{
    return ngx_inet_get_port(r->connection->sockaddr);
}


ngx_str_t
kng_direct_address(ngx_http_request_t *r)
{
    static ngx_str_t            name = ngx_string("realip_remote_addr");
    static ngx_uint_t           hash;
    ngx_str_t                   out;
    ngx_http_variable_value_t  *v;

    if (hash == 0) {
        hash = ngx_hash_key(name.data, name.len);
    }

    v = ngx_http_get_variable(r, &name, hash);
    if (v == NULL || v->not_found || v->len == 0) {
        return r->connection->addr_text;
    }

    out.data = v->data;
    out.len = v->len;

    return out;
}
