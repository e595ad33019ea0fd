#include <lmdb.h>
#include <sys/syscall.h>
#include <unistd.h>

/* fallocate(2) without moving the end of the file: Swift's view of glibc lacks
   it. 1 is FALLOC_FL_KEEP_SIZE. */
static inline int
kng_reserve(int fd, long offset, long length)
{
    return (int) syscall(SYS_fallocate, fd, 1, offset, length);
}
