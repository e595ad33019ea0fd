/* The umbrella header: nginx as Swift sees it. */

#ifndef KNG_CNGINX_H
#define KNG_CNGINX_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>

#endif
