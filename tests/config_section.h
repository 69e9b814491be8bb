/* SPDX-License-Identifier: Apache-2.0 */
/* One section of deadlines.yaml, in a file of its own that is called d.yaml. */
#pragma once

#include "harness.h"

#include "config/yaml.h"

struct section {
    struct problems problems;
    struct yaml_document *document;
};

/* Reads the section into the rules of the test; whether it is good. */
typedef bool section_read_fn(struct section *section);

/* Whether the text is good, which it is exactly when it has no problems. */
bool section_open(struct section *section, const char *text, section_read_fn *read);
void section_close(struct section *section);

/* `good` with the first `from` replaced by `to`. */
#define SECTION_TEXT_BYTES 512
void section_change(char text[SECTION_TEXT_BYTES], const char *good, const char *from,
                    const char *to);

struct mistake {
    const char *from;
    const char *to;
    const char *problem; /* the first it makes, after "d.yaml:" */
};
void check_mistake(const char *good, const struct mistake *mistake, section_read_fn *read);
