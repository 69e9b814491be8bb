/* SPDX-License-Identifier: Apache-2.0 */
#include "auditor/auditor.h"
#include "runtime/process.h"

int main(int argc, char **argv)
{
    return daemon_run(&auditor_service, argc, argv);
}
