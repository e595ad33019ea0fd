/* LMDB, and calls into it that survive a damaged file.
 *
 * LMDB follows what stands in its pages: a flipped bit leads it out of the map, a file that was cut short has no page
 * there. A call of this header that meets such a place returns KNG_LMDB_DAMAGED instead of ending the process. What it
 * was called on must then be trusted no further: a reader may go on asking, a write transaction has to be abandoned
 * together with its environment.
 */

#ifndef KNG_LMDB_H
#define KNG_LMDB_H

#include <lmdb.h>

/* LMDB's own word for it. */
#define KNG_LMDB_DAMAGED  MDB_CORRUPTED

/* Once per process, before the first environment: takes SIGSEGV and SIGBUS where they are ours, and hands every other
   one on to whoever had it. */
void kng_lmdb_guard(void);

/* mdb_env_open, of an environment that reports failed assertions to the guard. */
int kng_lmdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int kng_lmdb_env_info(MDB_env *env, MDB_envinfo *info);
int kng_lmdb_env_stat(MDB_env *env, MDB_stat *stat);

int kng_lmdb_txn_begin(MDB_env *env, unsigned flags, MDB_txn **txn);
int kng_lmdb_txn_renew(MDB_txn *txn);
int kng_lmdb_txn_commit(MDB_txn *txn);
int kng_lmdb_txn_abort(MDB_txn *txn);

int kng_lmdb_dbi_open(MDB_txn *txn, const char *name, unsigned flags, MDB_dbi *dbi);
int kng_lmdb_stat(MDB_txn *txn, MDB_dbi dbi, MDB_stat *stat);
int kng_lmdb_drop(MDB_txn *txn, MDB_dbi dbi);

int kng_lmdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor);

/* Every byte of what these two hand out is there. */
int kng_lmdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value);
int kng_lmdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op);

int kng_lmdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags);
int kng_lmdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key);
int kng_lmdb_cursor_del(MDB_cursor *cursor);

/* fallocate(2) without moving the end of the file: Swift's view of glibc lacks it. */
int kng_reserve(int fd, long offset, long length);

#endif
