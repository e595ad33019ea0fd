/* The certificate phase: OpenSSL asks during the handshake, Swift chooses by SNI. */

#include "CNginx.h"


#if (NGX_HTTP_SSL)

#include <ngx_http_ssl_module.h>
#include <openssl/pem.h>


static int
kng_certificate_callback(ngx_ssl_conn_t *ssl, void *arg)
{
    const char  *name;

    name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    /* NGX_DECLINED keeps the server's own certificate. */

    return kng_on_certificate(ssl, (const u_char *) name, name ? ngx_strlen(name) : 0) != NGX_ERROR;
}


ngx_int_t
kng_init_certificates(ngx_conf_t *cf)
{
    ngx_uint_t                   i;
    kng_srv_conf_t              *kscf;
    ngx_http_ssl_srv_conf_t     *sscf;
    ngx_http_core_srv_conf_t   **servers;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    servers = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        kscf = servers[i]->ctx->srv_conf[ngx_http_kong_module.ctx_index];
        sscf = servers[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (kscf->certificate && sscf->ssl.ctx) {
            SSL_CTX_set_cert_cb(sscf->ssl.ctx, kng_certificate_callback, NULL);
        }
    }

    return NGX_OK;
}


ngx_str_t
kng_server_name(ngx_http_request_t *r)
{
    ngx_str_t    out = ngx_null_string;
    const char  *name;

    if (r->connection->ssl == NULL) {
        return out;
    }

    name = SSL_get_servername(r->connection->ssl->connection, TLSEXT_NAMETYPE_host_name);
    if (name) {
        out.data = (u_char *) name;
        out.len = ngx_strlen(name);
    }

    return out;
}


void *
kng_ssl_parse_chain(const char *pem, size_t len)
{
    BIO             *bio;
    X509            *cert;
    STACK_OF(X509)  *chain;

    bio = BIO_new_mem_buf(pem, (int) len);
    if (bio == NULL) {
        return NULL;
    }

    chain = sk_X509_new_null();

    while (chain && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        if (!sk_X509_push(chain, cert)) {
            X509_free(cert);
        }
    }

    ERR_clear_error();
    BIO_free(bio);

    if (chain && sk_X509_num(chain) == 0) {
        sk_X509_free(chain);
        return NULL;
    }

    return chain;
}


static int
kng_no_password(char *buf, int size, int rwflag, void *data)
{
    return 0;
}


void *
kng_ssl_parse_key(const char *pem, size_t len)
{
    BIO       *bio;
    EVP_PKEY  *key;

    bio = BIO_new_mem_buf(pem, (int) len);
    if (bio == NULL) {
        return NULL;
    }

    key = PEM_read_bio_PrivateKey(bio, NULL, kng_no_password, NULL);
    ERR_clear_error();
    BIO_free(bio);

    return key;
}


void
kng_ssl_free_chain(void *chain)
{
    sk_X509_pop_free((STACK_OF(X509) *) chain, X509_free);
}


void
kng_ssl_free_key(void *key)
{
    EVP_PKEY_free(key);
}


void
kng_ssl_clear(ngx_ssl_conn_t *ssl)
{
    SSL_certs_clear(ssl);
}


int
kng_ssl_use(ngx_ssl_conn_t *ssl, void *data, void *key)
{
    int              i;
    STACK_OF(X509)  *chain = data;

    if (SSL_use_certificate(ssl, sk_X509_value(chain, 0)) != 1
        || SSL_use_PrivateKey(ssl, key) != 1)
    {
        ERR_clear_error();
        return -1;
    }

    SSL_clear_chain_certs(ssl);

    for (i = 1; i < sk_X509_num(chain); i++) {
        if (SSL_add1_chain_cert(ssl, sk_X509_value(chain, i)) != 1) {
            ERR_clear_error();
            return -1;
        }
    }

    return 0;
}

#endif
