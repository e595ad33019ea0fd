#include "CNginx.h"
