/* SPDX-License-Identifier: Apache-2.0 */
#include "router_issue.h"

int open_new_router(void **state)
{
    *state = service_node_open(&router_service, "router", street);
    return 0;
}
