#include "kng_re2.h"

#include <map>
#include <new>
#include <string>
#include <re2/re2.h>

struct kng_re2_s {
    re2::RE2                     re;
    std::map<int, std::string>   names;

    kng_re2_s(re2::StringPiece pattern, const re2::RE2::Options &options)
        : re(pattern, options), names(re.CapturingGroupNames()) {}
};

static void
copy_error(const std::string &from, char *err, size_t err_size)
{
    if (err == nullptr || err_size == 0) {
        return;
    }

    size_t n = from.copy(err, err_size - 1);
    err[n] = '\0';
}

extern "C" kng_re2_t *
kng_re2_compile(const char *pattern, size_t len, char *err, size_t err_size)
{
    re2::RE2::Options  options;

    options.set_log_errors(false);
    options.set_max_mem(8 << 20);

    kng_re2_t *re = new (std::nothrow) kng_re2_s(re2::StringPiece(pattern, len), options);
    if (re == nullptr) {
        copy_error("out of memory", err, err_size);
        return nullptr;
    }

    if (!re->re.ok()) {
        copy_error(re->re.error(), err, err_size);
        delete re;
        return nullptr;
    }

    return re;
}

extern "C" void
kng_re2_free(kng_re2_t *re)
{
    delete re;
}

extern "C" int
kng_re2_groups(const kng_re2_t *re)
{
    return re->re.NumberOfCapturingGroups();
}

extern "C" const char *
kng_re2_group_name(const kng_re2_t *re, int n)
{
    auto it = re->names.find(n);
    return it == re->names.end() ? nullptr : it->second.c_str();
}

extern "C" int
kng_re2_match(const kng_re2_t *re, const void *text, size_t len, int anchored, kng_re2_span_t *spans, int nspans)
{
    re2::StringPiece  groups[32];

    if (nspans > 32) {
        nspans = 32;
    }

    re2::StringPiece subject(static_cast<const char *>(text), len);

    if (!re->re.Match(subject, 0, len, anchored ? re2::RE2::ANCHOR_START : re2::RE2::UNANCHORED, groups, nspans)) {
        return 0;
    }

    for (int i = 0; i < nspans; i++) {
        spans[i].start = groups[i].data() == nullptr ? -1 : groups[i].data() - subject.data();
        spans[i].len = groups[i].size();
    }

    return 1;
}

extern "C" int
kng_re2_check(const char *pattern, size_t len, char *err, size_t err_size)
{
    kng_re2_t *re = kng_re2_compile(pattern, len, err, err_size);
    if (re == nullptr) {
        return 0;
    }

    kng_re2_free(re);
    return 1;
}
