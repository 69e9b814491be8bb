/* SPDX-License-Identifier: Apache-2.0 */
#include "department/department.h"
#include "runtime/process.h"

int main(int argc, char **argv)
{
    return daemon_run(&department_service, argc, argv);
}
