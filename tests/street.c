/* SPDX-License-Identifier: Apache-2.0 */
#include "street.h"

struct config *street;

int open_street(void **state)
{
    (void)state;
    struct problems problems = {0};
    if (!config_open(SOURCE_DIR "/config/example", &street, &problems)) {
        fail_msg("config/example does not load");
    }
    return 0;
}

int close_street(void **state)
{
    (void)state;
    config_close(street);
    return 0;
}

struct wall at(const char *text)
{
    struct wall wall;
    struct err err = {0};
    assert_ok(wall_parse(bytes_of_string(text), street->zone, &wall, &err));
    return wall;
}

int close_node(void **state)
{
    service_node_close(*state);
    return 0;
}

int close_rebuilt_node(void **state)
{
    service_node_check_rebuild(*state);
    return close_node(state);
}
