/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"

#include "cli/help.h"

#include <stdio.h>
#include <string.h>

enum status completion_run(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err)
{
    (void)session;
    const char *shell = args_find_string(args, "shell");
    if (strcmp(shell, "bash") != 0) {
        return fail_field(err, STATUS_INVALID, "shell",
                          "there is completion for bash, not for '%s'", shell);
    }
    struct buf out = {0};
    help_append_bash(&out);
    (void)fwrite(out.p, 1, out.len, stdout);
    buf_done(&out);
    *ret_json = NULL;
    return STATUS_OK;
}
