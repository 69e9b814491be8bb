/* SPDX-License-Identifier: Apache-2.0 */
/* A router of the shipped street, for tests of what it makes of an issue. */
#pragma once

#include "domain/words.h"
#include "router/router.h"
#include "service_calls.h"
#include "service_node.h"
#include "street.h"

/* Before each test: a router that has not heard of anything. */
int open_new_router(void **state);
