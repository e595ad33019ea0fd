/* The umbrella header: nginx as Swift sees it, and what nginx and Swift call of each other. */

#ifndef KNG_CNGINX_H
#define KNG_CNGINX_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>

#include "kng_module.h"
#include "kng_shims.h"

#endif
