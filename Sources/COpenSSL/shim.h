#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* BIO_get_mem_data and friends are macros that Swift cannot see. */
static inline const EVP_MD *kng_sha256(void) { return EVP_sha256(); }
static inline const EVP_MD *kng_sha512(void) { return EVP_sha512(); }
