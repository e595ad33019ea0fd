#define _GNU_SOURCE
#include "kng_lmdb.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

/* Where the call that is under way on this thread goes on should it meet damage. In static TLS, so that a signal handler
   may look at it on any thread: the other models may allocate at the first look. */
static __thread sigjmp_buf  *kng_lmdb_way_out __attribute__((tls_model("initial-exec")));

static struct sigaction      kng_lmdb_others[2];

/* The result of an LMDB call, or KNG_LMDB_DAMAGED. Signals stay unblocked (SA_NODEFER), so there is no mask to
   restore, and arming costs no system call. */
#define KNG_LMDB_GUARDED(call)                                                                                        \
    do {                                                                                                              \
        sigjmp_buf    way_out;                                                                                        \
        sigjmp_buf  **armed = &kng_lmdb_way_out;                                                                      \
        int           code;                                                                                           \
                                                                                                                      \
        if (sigsetjmp(way_out, 0) == 0) {                                                                             \
            *armed = &way_out;                                                                                        \
            code = (call);                                                                                            \
        } else {                                                                                                      \
            code = KNG_LMDB_DAMAGED;                                                                                  \
        }                                                                                                             \
                                                                                                                      \
        *armed = NULL;                                                                                                \
        return code;                                                                                                  \
    } while (0)


static void
kng_lmdb_fault(int signo, siginfo_t *info, void *context)
{
    /* si_code > 0: the kernel's word for a fault of this thread; anything else was sent by somebody. */
    if (kng_lmdb_way_out != NULL && info->si_code > 0) {
        siglongjmp(*kng_lmdb_way_out, 1);
    }

    /* Not ours: the faulting instruction runs again, and meets whoever was here before. */
    sigaction(signo, &kng_lmdb_others[signo == SIGBUS], NULL);

    if (info->si_code <= 0) {
        raise(signo);
    }
}


static void
kng_lmdb_assertion(MDB_env *env, const char *message)
{
    /* Without a way out LMDB prints the message and aborts. */
    if (kng_lmdb_way_out != NULL) {
        siglongjmp(*kng_lmdb_way_out, 1);
    }
}


void
kng_lmdb_guard(void)
{
    static int        installed;
    struct sigaction  action;

    if (__atomic_exchange_n(&installed, 1, __ATOMIC_SEQ_CST)) {
        return;
    }

    memset(&action, 0, sizeof(action));
    action.sa_sigaction = kng_lmdb_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    sigemptyset(&action.sa_mask);

    sigaction(SIGSEGV, &action, &kng_lmdb_others[0]);
    sigaction(SIGBUS, &action, &kng_lmdb_others[1]);
}


int
kng_lmdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
    mdb_env_set_assert(env, kng_lmdb_assertion);
    KNG_LMDB_GUARDED(mdb_env_open(env, path, flags, mode));
}


int
kng_lmdb_env_info(MDB_env *env, MDB_envinfo *info)
{
    KNG_LMDB_GUARDED(mdb_env_info(env, info));
}


int
kng_lmdb_env_stat(MDB_env *env, MDB_stat *stat)
{
    KNG_LMDB_GUARDED(mdb_env_stat(env, stat));
}


int
kng_lmdb_txn_begin(MDB_env *env, unsigned flags, MDB_txn **txn)
{
    KNG_LMDB_GUARDED(mdb_txn_begin(env, NULL, flags, txn));
}


int
kng_lmdb_txn_renew(MDB_txn *txn)
{
    KNG_LMDB_GUARDED(mdb_txn_renew(txn));
}


int
kng_lmdb_txn_commit(MDB_txn *txn)
{
    KNG_LMDB_GUARDED(mdb_txn_commit(txn));
}


int
kng_lmdb_txn_abort(MDB_txn *txn)
{
    KNG_LMDB_GUARDED((mdb_txn_abort(txn), 0));
}


int
kng_lmdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *dbi)
{
    KNG_LMDB_GUARDED(mdb_dbi_open(txn, name, flags, dbi));
}


int
kng_lmdb_stat(MDB_txn *txn, MDB_dbi dbi, MDB_stat *stat)
{
    KNG_LMDB_GUARDED(mdb_stat(txn, dbi, stat));
}


int
kng_lmdb_drop(MDB_txn *txn, MDB_dbi dbi)
{
    KNG_LMDB_GUARDED(mdb_drop(txn, dbi, 0));
}


/* Looks at every page of the bytes, while that may fail. */
static int
kng_lmdb_touch(const MDB_val *value)
{
    enum { page = 4096 };
    const volatile char  *byte = value->mv_data;
    size_t                offset;

    if (value->mv_size == 0) {
        return 0;
    }

    if (value->mv_size > UINTPTR_MAX - (uintptr_t) byte) {
        return KNG_LMDB_DAMAGED;
    }

    for (offset = 0; offset < value->mv_size; offset += page) {
        (void) byte[offset];
    }

    (void) byte[value->mv_size - 1];
    return 0;
}


static int
kng_lmdb_get_whole(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value)
{
    int  code = mdb_get(txn, dbi, key, value);

    return code == 0 ? kng_lmdb_touch(value) : code;
}


int
kng_lmdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value)
{
    KNG_LMDB_GUARDED(kng_lmdb_get_whole(txn, dbi, key, value));
}


static int
kng_lmdb_cursor_get_whole(MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op)
{
    int  code = mdb_cursor_get(cursor, key, value, op);

    if (code == 0) {
        code = kng_lmdb_touch(key);
    }

    return code == 0 ? kng_lmdb_touch(value) : code;
}


int
kng_lmdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op)
{
    KNG_LMDB_GUARDED(kng_lmdb_cursor_get_whole(cursor, key, value, op));
}


int
kng_lmdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags)
{
    KNG_LMDB_GUARDED(mdb_put(txn, dbi, key, value, flags));
}


int
kng_lmdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key)
{
    KNG_LMDB_GUARDED(mdb_del(txn, dbi, key, NULL));
}


int
kng_lmdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor)
{
    KNG_LMDB_GUARDED(mdb_cursor_open(txn, dbi, cursor));
}


int
kng_lmdb_cursor_del(MDB_cursor *cursor)
{
    KNG_LMDB_GUARDED(mdb_cursor_del(cursor, 0));
}


int
kng_reserve(int fd, long offset, long length)
{
    return fallocate(fd, FALLOC_FL_KEEP_SIZE, offset, length);
}
