/* The worker's loop: posted jobs, timers, foreign descriptors, wake-ups from other threads. */

#include "CNginx.h"
#include <sys/eventfd.h>


typedef struct {
    ngx_connection_t   *connection;
    void               *data;
} kng_watch_t;


static ngx_event_t        kng_posted;
static ngx_connection_t   kng_posted_connection;
static int                kng_eventfd = -1;


static void
kng_posted_handler(ngx_event_t *ev)
{
    kng_on_wakeup();
}


static void
kng_eventfd_handler(ngx_event_t *ev)
{
    uint64_t  count;

    (void) !read(kng_eventfd, &count, sizeof(count));
    kng_on_wakeup();
}


ngx_int_t
kng_loop_init(ngx_cycle_t *cycle)
{
    ngx_connection_t  *c;

    kng_posted.handler = kng_posted_handler;
    kng_posted.data = &kng_posted_connection;
    kng_posted.log = cycle->log;
    kng_posted_connection.fd = (ngx_socket_t) -1;

    kng_eventfd = eventfd(0, EFD_NONBLOCK|EFD_CLOEXEC);
    if (kng_eventfd == -1) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno, "eventfd() failed");
        return NGX_ERROR;
    }

    c = ngx_get_connection(kng_eventfd, cycle->log);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->read->handler = kng_eventfd_handler;
    c->read->log = cycle->log;
    c->log = cycle->log;

    /* Not a client: a worker that ends must not report it as left open. */
    c->read->channel = 1;

    return ngx_handle_read_event(c->read, 0);
}


/* The next iteration, never this one: a job that posts itself must not starve the sockets. */

void
kng_loop_post(void)
{
    ngx_post_event(&kng_posted, &ngx_posted_next_events);
}


void
kng_loop_wake(void)
{
    uint64_t  one = 1;

    (void) !write(kng_eventfd, &one, sizeof(one));
}


/* nginx's debug log reads the descriptor of whatever an event's data points at. */

typedef struct {
    ngx_event_t         event;
    ngx_connection_t    connection;
    void               *data;
} kng_timer_t;


static void
kng_timer_handler(ngx_event_t *ev)
{
    kng_timer_t  *timer = (kng_timer_t *) ev;
    void         *data = timer->data;

    ngx_free(timer);
    kng_on_timer(data);
}


/* A worker that shuts down waits for timers, unless they are cancelable. */

void *
kng_timer_start(ngx_msec_t ms, ngx_uint_t cancelable, void *data)
{
    kng_timer_t  *timer;

    timer = ngx_calloc(sizeof(kng_timer_t), ngx_cycle->log);
    if (timer == NULL) {
        return NULL;
    }

    timer->event.handler = kng_timer_handler;
    timer->event.data = &timer->connection;
    timer->event.log = ngx_cycle->log;
    timer->event.cancelable = cancelable ? 1 : 0;
    timer->connection.fd = (ngx_socket_t) -1;
    timer->data = data;
    ngx_add_timer(&timer->event, ms);

    return timer;
}


void
kng_timer_stop(void *data)
{
    kng_timer_t  *timer = data;

    if (timer->event.timer_set) {
        ngx_del_timer(&timer->event);
    }

    ngx_free(timer);
}


static void
kng_watch_read(ngx_event_t *ev)
{
    ngx_connection_t  *c = ev->data;
    kng_watch_t       *watch = c->data;

    kng_on_descriptor(watch->data, 0);
}


static void
kng_watch_write(ngx_event_t *ev)
{
    ngx_connection_t  *c = ev->data;
    kng_watch_t       *watch = c->data;

    kng_on_descriptor(watch->data, 1);
}


void *
kng_descriptor_watch(int fd, ngx_uint_t read, ngx_uint_t write, void *data)
{
    kng_watch_t       *watch;
    ngx_connection_t  *c;

    watch = ngx_alloc(sizeof(kng_watch_t), ngx_cycle->log);
    if (watch == NULL) {
        return NULL;
    }

    c = ngx_get_connection(fd, ngx_cycle->log);
    if (c == NULL) {
        ngx_free(watch);
        return NULL;
    }

    watch->connection = c;
    watch->data = data;
    c->data = watch;
    c->log = ngx_cycle->log;
    c->read->handler = kng_watch_read;
    c->write->handler = kng_watch_write;
    c->read->log = c->log;
    c->write->log = c->log;
    c->read->channel = 1;

    /* Level-triggered: the library that owns the descriptor may leave data in it. */
    if ((read && ngx_add_event(c->read, NGX_READ_EVENT, NGX_LEVEL_EVENT) != NGX_OK)
        || (write && ngx_add_event(c->write, NGX_WRITE_EVENT, NGX_LEVEL_EVENT) != NGX_OK))
    {
        kng_descriptor_forget(watch);
        return NULL;
    }

    return watch;
}


void
kng_descriptor_forget(void *data)
{
    kng_watch_t       *watch = data;
    ngx_connection_t  *c = watch->connection;

    if (c->read->active) {
        (void) ngx_del_event(c->read, NGX_READ_EVENT, 0);
    }

    if (c->write->active) {
        (void) ngx_del_event(c->write, NGX_WRITE_EVENT, 0);
    }

    if (c->read->posted) {
        ngx_delete_posted_event(c->read);
    }

    if (c->write->posted) {
        ngx_delete_posted_event(c->write);
    }

    c->fd = (ngx_socket_t) -1;
    ngx_free_connection(c);
    ngx_free(watch);
}


void
kng_log(ngx_uint_t level, ngx_log_t *log, const char *text, size_t len)
{
    ngx_str_t  line = { len, (u_char *) text };

    ngx_log_error(level, log, 0, "[kong] %V", &line);
}


void
kng_log_request(ngx_uint_t level, ngx_http_request_t *r, const char *text, size_t len)
{
    kng_log(level, r->connection->log, text, len);
}


ngx_log_t *
kng_cycle_log(void)
{
    return ngx_cycle->log;
}


ngx_uint_t
kng_worker_number(void)
{
    return ngx_worker;
}


ngx_uint_t
kng_worker_exiting(void)
{
    return ngx_exiting || ngx_terminate || ngx_quit;
}


void
kng_counters(ngx_uint_t out[7])
{
#if (NGX_STAT_STUB)
    out[0] = *ngx_stat_accepted;
    out[1] = *ngx_stat_handled;
    out[2] = *ngx_stat_requests;
    out[3] = *ngx_stat_active;
    out[4] = *ngx_stat_reading;
    out[5] = *ngx_stat_writing;
    out[6] = *ngx_stat_waiting;
#else
    ngx_memzero(out, 7 * sizeof(ngx_uint_t));
#endif
}
