/* SPDX-License-Identifier: Apache-2.0 */
#include "router/router.h"
#include "runtime/process.h"

int main(int argc, char **argv)
{
    return daemon_run(&router_service, argc, argv);
}
