/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit.h"
#include "cli/verb.h"
#include "messages.h"

static const char *const entry_argument[] = {"entry", NULL};
static const char *const proof_hidden[] = {"old_size", "journal", "seq", NULL};

static const struct verb_option export_options[] = {
    {.name = "dir",
     .value = "DIR",
     .about = "Where ledger.jsonl and checkpoints.jsonl are written",
     .is_argument = true,
     .is_required = true},
    {0},
};

const struct verb audit_verbs[] = {
    {.noun = "audit",
     .verb = "verify",
     .about = "Checks the ledger whole: its root, every signature, and every record it is about",
     .example = "lianhu audit verify --as supervisor1",
     .run = audit_run_verify,
     .print = audit_print_verify},
    {.noun = "audit",
     .verb = "prove",
     .about = "Shows the proof that an entry is in the ledger",
     .example = "lianhu audit prove 1207 --json",
     .type = &proof_query_type,
     .arguments = entry_argument,
     .hidden = proof_hidden,
     .run = audit_run_prove},
    {.noun = "audit",
     .verb = "checkpoint",
     .about = "Has the ledger's head signed, and shows it",
     .example = "lianhu audit checkpoint --json",
     .type = &checkpoint_command_type,
     .run = audit_run_checkpoint},
    {.noun = "audit",
     .verb = "export",
     .about = "Writes the ledger with its records, for somebody who checks it with other means",
     .example = "lianhu audit export /var/tmp/ledger",
     .options = export_options,
     .run = audit_run_export},
    {0},
};
