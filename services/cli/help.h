/* SPDX-License-Identifier: Apache-2.0 */
/* What `lianhu` says about itself, made from the table of verbs. */
#pragma once

#include "base/buf.h"
#include "cli/verb.h"

/* "usage: lianhu queue sign ISSUE [--department ID]". */
void help_append_usage(const struct verb *verb, struct buf *out);

/* Everything about one verb; of one noun; of all. */
void help_append_verb(const struct verb *verb, struct buf *out);
void help_append_noun(const char *noun, struct buf *out);
void help_append_all(struct buf *out);

/* The man page, in mdoc. */
void help_append_man(struct buf *out);

/* A completion script for bash. */
void help_append_bash(struct buf *out);
