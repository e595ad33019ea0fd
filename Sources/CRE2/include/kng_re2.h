/* RE2 behind a C interface: compile once, match spans of bytes. */

#ifndef KNG_RE2_H
#define KNG_RE2_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kng_re2_s  kng_re2_t;

typedef struct {
    ptrdiff_t  start;   /* -1: the group did not take part */
    size_t     len;
} kng_re2_span_t;

/* NULL on error, with the reason copied into err (NUL-terminated). */
kng_re2_t *kng_re2_compile(const char *pattern, size_t len, char *err, size_t err_size);
void kng_re2_free(kng_re2_t *re);

/* Capturing groups, the whole match not counted. */
int kng_re2_groups(const kng_re2_t *re);

/* Name of group n (1-based), or NULL. */
const char *kng_re2_group_name(const kng_re2_t *re, int n);

/* 1 on a match. anchored: the match must begin at the first byte. spans[0] is the whole match. */
int kng_re2_match(const kng_re2_t *re, const void *text, size_t len, int anchored, kng_re2_span_t *spans, int nspans);

/* 1 if the expression compiles; otherwise 0 and the reason in err. */
int kng_re2_check(const char *pattern, size_t len, char *err, size_t err_size);

#ifdef __cplusplus
}
#endif

#endif
