/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/intake.h"
#include "runtime/process.h"

int main(int argc, char **argv)
{
    return daemon_run(&intake_service, argc, argv);
}
