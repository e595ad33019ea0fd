/*
 * A small HTTP/1.1 load client that counts what wrk and h2load hide: lost
 * connections, short answers, every status.  One thread, epoll, loopback.
 *
 *   load [-c connections] [-n total | -d seconds] [-r per-second] [-m METHOD]
 *        [-H 'Name: value'] [-b body] [-s first] HOST PORT PATH
 *
 * In PATH and the body {i} is a running number (from -s), {x} 16 random hex
 * digits, {r:N} a random number below N.  With -r the load is an open loop:
 * latency counts from the moment a request was due, not from when it was sent.
 * Prints one line of JSON.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS  1024
#define BUFFER           (256 * 1024)
#define REQUEST          (64 * 1024)
#define MAX_LATENCIES    (4 * 1024 * 1024)

typedef struct {
    int       fd;
    int       busy, requests;
    size_t    have, out, sent;
    int64_t   due;
    char     *in, *request;
} conn_t;

static struct sockaddr_in  address;
static conn_t              conns[MAX_CONNECTIONS];
static int                 epfd, count = 16;
static long                total = -1, started, finished, failed, sequence;
static long                statuses[600];
static double              rate, seconds = 10;
static const char         *method = "GET", *path, *body, *host;
static char                headers[8192];
static uint32_t           *latencies;
static long                nlatencies;
static uint64_t            seed = 88172645463325252ULL;


static int64_t
now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}


static uint64_t
next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}


static size_t
expand(char *out, size_t size, const char *s)
{
    char    *end;
    size_t   n = 0;

    while (*s && n + 32 < size) {
        if (strncmp(s, "{i}", 3) == 0) {
            n += sprintf(out + n, "%ld", sequence);
            s += 3;

        } else if (strncmp(s, "{x}", 3) == 0) {
            n += sprintf(out + n, "%016lx", (unsigned long) next_random());
            s += 3;

        } else if (strncmp(s, "{r:", 3) == 0) {
            n += sprintf(out + n, "%lu",
                         (unsigned long) (next_random()
                                          % strtoul(s + 3, &end, 10)));
            s = end + 1;

        } else {
            out[n++] = *s++;
        }
    }

    out[n] = '\0';
    return n;
}


static void
watch(conn_t *c, uint32_t events)
{
    struct epoll_event  ev = { .events = events, .data.ptr = c };

    if (epoll_ctl(epfd, EPOLL_CTL_MOD, c->fd, &ev) == -1) {
        epoll_ctl(epfd, EPOLL_CTL_ADD, c->fd, &ev);
    }
}


static int
open_connection(conn_t *c)
{
    int  on = 1;

    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd == -1) {
        return -1;
    }

    if (connect(c->fd, (struct sockaddr *) &address, sizeof(address)) == -1) {
        close(c->fd);
        c->fd = -1;
        return -1;
    }

    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    c->have = 0;
    c->busy = 0;
    c->requests = 0;
    watch(c, EPOLLIN);
    return 0;
}


static void
drop(conn_t *c)
{
    if (c->fd != -1) {
        close(c->fd);
        c->fd = -1;
    }

    if (c->busy) {
        failed++;
        finished++;
        c->busy = 0;
    }
}


static void
push(conn_t *c)
{
    ssize_t  n;

    while (c->sent < c->out) {
        n = send(c->fd, c->request + c->sent, c->out - c->sent, MSG_NOSIGNAL);
        if (n == -1) {
            if (errno == EAGAIN) {
                watch(c, EPOLLIN|EPOLLOUT);
                return;
            }

            drop(c);
            return;
        }

        c->sent += n;
    }
}


static void
start(conn_t *c, int64_t due)
{
    char    target[4096], payload[REQUEST / 2];
    size_t  len;

    started++;

    if (c->fd == -1 && open_connection(c) == -1) {
        failed++;
        finished++;
        return;
    }

    expand(target, sizeof(target), path);
    len = body ? expand(payload, sizeof(payload), body) : 0;
    sequence++;

    c->out = snprintf(c->request, REQUEST, "%s %s HTTP/1.1\r\nHost: %s\r\n%s",
                      method, target, host, headers);

    if (body) {
        c->out += snprintf(c->request + c->out, REQUEST - c->out,
                           "Content-Type: application/json\r\n"
                           "Content-Length: %zu\r\n\r\n%s", len, payload);
    } else {
        c->out += snprintf(c->request + c->out, REQUEST - c->out, "\r\n");
    }

    c->sent = 0;
    c->have = 0;
    c->busy = 1;
    c->requests++;
    c->due = due;
    push(c);
}


/* Length of the whole answer, 0 when more is needed, -1 when it is none. */

static long
answer_length(conn_t *c, int *status, int *close_after)
{
    char  *head_end, *p, *line, *end;
    long   head, size, at;

    c->in[c->have] = '\0';
    head_end = memmem(c->in, c->have, "\r\n\r\n", 4);
    if (head_end == NULL) {
        return c->have > 64 * 1024 ? -1 : 0;
    }

    if (strncmp(c->in, "HTTP/1.", 7) != 0) {
        return -1;
    }

    *status = atoi(c->in + 9);
    if (*status < 100 || *status > 599) {
        return -1;
    }

    head = head_end + 4 - c->in;
    *close_after = 0;
    size = (*status == 204 || *status == 304) ? 0 : -1;
    p = c->in;

    while (p < head_end) {
        line = p;
        p = strstr(p, "\r\n") + 2;

        if (strncasecmp(line, "content-length:", 15) == 0) {
            size = atol(line + 15);

        } else if (strncasecmp(line, "connection: close", 17) == 0) {
            *close_after = 1;

        } else if (strncasecmp(line, "transfer-encoding: chunked", 26) == 0) {
            size = -2;
        }
    }

    if (size >= 0) {
        return (long) c->have >= head + size ? head + size : 0;
    }

    if (size == -1) {
        return -1;
    }

    for (at = head; /* void */ ; /* void */ ) {
        end = memmem(c->in + at, c->have - at, "\r\n", 2);
        if (end == NULL) {
            return 0;
        }

        size = strtol(c->in + at, NULL, 16);
        at = end + 2 - c->in + size + 2;
        if (at > (long) c->have) {
            return 0;
        }

        if (size == 0) {
            return at;
        }
    }
}


static void
pull(conn_t *c)
{
    int      status, close_after;
    long     len;
    ssize_t  n;

    n = recv(c->fd, c->in + c->have, BUFFER - c->have - 1, 0);
    if (n == -1 && errno == EAGAIN) {
        return;
    }

    if (n <= 0) {
        drop(c);
        return;
    }

    c->have += n;
    if (!c->busy) {
        drop(c);
        return;
    }

    len = answer_length(c, &status, &close_after);
    if (len == 0) {
        return;
    }

    if (len == -1 || len != (long) c->have) {
        drop(c);
        return;
    }

    statuses[status]++;
    finished++;
    c->busy = 0;

    if (nlatencies < MAX_LATENCIES) {
        latencies[nlatencies++] = (now() - c->due) / 1000;
    }

    if (close_after) {
        close(c->fd);
        c->fd = -1;
    }
}


static int
by_value(const void *a, const void *b)
{
    uint32_t  x = *(const uint32_t *) a, y = *(const uint32_t *) b;

    return x < y ? -1 : x > y;
}


static double
percentile(double p)
{
    return nlatencies ? latencies[(long) (p * (nlatencies - 1))] : 0;
}


static void
report(double elapsed)
{
    int          i;
    const char  *comma = "";

    qsort(latencies, nlatencies, sizeof(uint32_t), by_value);
    printf("{\"requests\":%ld,\"failed\":%ld,\"seconds\":%.6f,"
           "\"p50_us\":%.0f,\"p90_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f,"
           "\"status\":{", finished, failed, elapsed, percentile(0.5),
           percentile(0.9), percentile(0.99), percentile(1));

    for (i = 100; i < 600; i++) {
        if (statuses[i]) {
            printf("%s\"%d\":%ld", comma, i, statuses[i]);
            comma = ",";
        }
    }

    printf("}}\n");
}


static void
run(void)
{
    int                  i, n, idle;
    int64_t              begin = now(), end, due, t;
    struct timespec      wait = { 0, 0 };
    struct epoll_event   evs[256];

    end = begin + (int64_t) (seconds * 1e9);

    for ( ;; ) {
        t = now();

        for (i = 0; i < count; i++) {
            if (conns[i].busy) {
                continue;
            }

            if ((total >= 0 && started >= total) || (total < 0 && t >= end)) {
                break;
            }

            due = t;
            if (rate > 0) {
                due = begin + (int64_t) (started * 1e9 / rate);
                if (due > t) {
                    break;
                }
            }

            start(&conns[i], due);
        }

        for (idle = 1, i = 0; i < count; i++) {
            idle &= !conns[i].busy;
        }

        if (idle && (total >= 0 ? started >= total : t >= end)) {
            break;
        }

        if (t > end + 30000000000LL) {     /* answers that never come */
            for (i = 0; i < count; i++) {
                drop(&conns[i]);
            }
            break;
        }

        wait.tv_nsec = 50 * 1000000;
        if (rate > 0) {
            due = begin + (int64_t) (started * 1e9 / rate) - now();
            wait.tv_nsec = due < 0 ? 0 : due < wait.tv_nsec ? due
                                                            : wait.tv_nsec;
            for (i = 0; i < count && conns[i].busy; i++) { /* void */ }
            if (i == count) {
                wait.tv_nsec = 50 * 1000000;
            }
        }

        n = epoll_pwait2(epfd, evs, 256, &wait, NULL);

        for (i = 0; i < n; i++) {
            conn_t  *c = evs[i].data.ptr;

            if (c->fd != -1 && (evs[i].events & EPOLLOUT) && c->busy) {
                watch(c, EPOLLIN);
                push(c);
            }

            if (c->fd != -1 && (evs[i].events & ~EPOLLOUT)) {
                pull(c);
            }
        }
    }

    report((now() - begin) / 1e9);
}


int
main(int argc, char **argv)
{
    int  i, option;

    while ((option = getopt(argc, argv, "c:n:d:r:m:H:b:s:")) != -1) {
        switch (option) {
        case 'c': count = atoi(optarg); break;
        case 'n': total = atol(optarg); seconds = 600; break;
        case 'd': seconds = atof(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 'm': method = optarg; break;
        case 'b': body = optarg; break;
        case 's': sequence = atol(optarg); break;
        case 'H':
            strncat(headers, optarg, sizeof(headers) - strlen(headers) - 3);
            strcat(headers, "\r\n");
            break;
        default:
            return 2;
        }
    }

    if (argc - optind != 3 || count < 1 || count > MAX_CONNECTIONS) {
        fprintf(stderr, "usage: load [options] HOST PORT PATH\n");
        return 2;
    }

    host = argv[optind];
    path = argv[optind + 2];
    seed ^= (uint64_t) getpid() << 32 ^ (uint64_t) now();
    address.sin_family = AF_INET;
    address.sin_port = htons(atoi(argv[optind + 1]));
    inet_pton(AF_INET, host, &address.sin_addr);
    latencies = malloc(MAX_LATENCIES * sizeof(uint32_t));
    epfd = epoll_create1(0);

    for (i = 0; i < count; i++) {
        conns[i].fd = -1;
        conns[i].in = malloc(BUFFER);
        conns[i].request = malloc(REQUEST);
        open_connection(&conns[i]);
    }

    run();
    return 0;
}
