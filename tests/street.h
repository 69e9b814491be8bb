/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped street, opened once for all tests of a program, and how the daemon of each test
 * ends. */
#pragma once

#include "harness.h"

#include "config/config.h"
#include "service_node.h"

/* The configuration of config/example. */
extern struct config *street;

/* Before and after all tests of a program. */
int open_street(void **state);
int close_street(void **state);

/* A time as the street writes it. */
struct wall at(const char *text);

/* After each test, whose state is its daemon. */
int close_node(void **state);
/* The same; its tables are what its journal makes them. */
int close_rebuilt_node(void **state);
