/* The environment that nginx was started with: it clears its workers' own, and secrets may lie there. */

#include "CNginx.h"


extern char **environ;

static char  **kng_environment_copy;


/* In the master, while the configuration is read; workers inherit the copy. Lives as long as the process. */

void
kng_keep_environment(void)
{
    char    **copy;
    size_t    i, n;

    if (kng_environment_copy != NULL || environ == NULL) {
        return;
    }

    for (n = 0; environ[n] != NULL; n++) { /* count */ }

    copy = calloc(n + 1, sizeof(char *));
    if (copy == NULL) {
        return;
    }

    for (i = 0, n = 0; environ[i] != NULL; i++) {
        /* The store's password is none of the workers' business. */
        if (strncmp(environ[i], "KONG_PG_", sizeof("KONG_PG_") - 1) == 0) {
            continue;
        }

        copy[n] = strdup(environ[i]);
        if (copy[n] == NULL) {
            break;
        }

        n++;
    }

    kng_environment_copy = copy;
}


char **
kng_environment(void)
{
    return kng_environment_copy;
}
