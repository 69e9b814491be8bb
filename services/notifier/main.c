/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/notifier.h"
#include "runtime/process.h"

int main(int argc, char **argv)
{
    return daemon_run(&notifier_service, argc, argv);
}
