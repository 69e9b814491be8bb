/* SPDX-License-Identifier: Apache-2.0 */
#include "router_issue.h"

int open_new_router(void **state)
{
    *state = service_node_open(&router_service, "router", street);
    return 0;
}

struct reported_event desk_report(void)
{
    return (struct reported_event){.household = BYTES("h1"),
                                   .cadre = BYTES("cadre1"),
                                   .kind = (int)KIND_OPINION,
                                   .source = (int)SOURCE_CADRE,
                                   .area = BYTES("c01v02"),
                                   .category = BYTES("urban_other"),
                                   .title = BYTES("请问"),
                                   .text = BYTES("彩虹屋顶掉了一块")};
}

struct issue_view ask_issue(struct service_node *node, const char *person, uint64_t issue)
{
    struct err err = {0};
    struct issue_view view;
    struct issue_query query = {.issue = issue};
    assert_ok(service_node_ask(node, person, &issue_query_type, &query, &view, &err));
    return view;
}
