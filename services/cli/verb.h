/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of verbs: everything `lianhu` can do, one row each. Options, help, completion and the
 * man page are made from it. A verb that is one message takes its options from the fields of that
 * message, so that a new field is a new option.
 */
#pragma once

#include "base/status.h"
#include "codec/message.h"

#include <jansson.h>
#include <stdbool.h>

struct session;
struct args;

/* An option or argument of a verb that is no field of its message. */
struct verb_option {
    const char *name;  /* without dashes; of an argument: as it is written in the usage line */
    const char *value; /* what stands after it in the usage line; NULL: it takes no value */
    const char *about;
    bool is_argument; /* given by its place, in the order of the table */
    bool is_required;
    bool is_repeated;
};

/* A field of which a verb takes fewer words than its type has. */
struct choice {
    const char *field;
    const char *const *words; /* ends with NULL */
    const char *otherwise;    /* a sentence: where the others come from */
};

/* What options are needed with or instead of each other. */
enum option_rule_kind {
    OPTIONS_ONE_OF, /* exactly one of the names */
    OPTIONS_ANY_OF, /* at least one of them */
    OPTIONS_NEEDED, /* all of them, when `when` is given */
};

#define OPTION_RULE_NAMES 4U
struct option_rule {
    enum option_rule_kind kind;
    const char *when;                     /* "redo", or with a value: "reached=yes" */
    const char *names[OPTION_RULE_NAMES]; /* without dashes */
    const char *example;                  /* a whole line that is right */
};

enum column_kind {
    COLUMN_TEXT,  /* strings, numbers, yes or nothing; lists joined with commas */
    COLUMN_TIME,  /* to the minute */
    COLUMN_DUE,   /* as a time; marked when the item is_provisional */
    COLUMN_STATE, /* the word of a state with its Chinese name */
    COLUMN_LEG,   /* the same of a section's part in an issue */
    COLUMN_DUTY,  /* the same of a kind of duty */
    COLUMN_SOME,  /* a number, and nothing where there is none: 0 */
    COLUMN_PATH,  /* lists joined with " / " */
};

struct column {
    const char *title;
    const char *member; /* of the object that is the row */
    enum column_kind kind;
};

/* What a verb needs before it can run. */
enum need {
    NEED_OFFICE,  /* an instance, who is there and its daemons; the default */
    NEED_CONFIG,  /* an instance with a whole configuration that can be used */
    NEED_HOME,    /* the path of the instance only */
    NEED_NOTHING, /* runs anywhere */
};

struct verb {
    const char *noun;
    const char *verb; /* NULL: the noun is the whole command */
    const char *about;
    const char *example;
    enum need need;
    bool is_operation; /* only the operator may */

    const struct message_type *type;   /* command or query whose fields are options, or NULL */
    const char *const *arguments;      /* fields given by place; ends with NULL */
    const char *const *hidden;         /* fields that are no options; ends with NULL */
    const struct choice *choices;      /* ends with a row without field */
    const char *preset;                /* a yes-or-no field that this verb sets */
    const struct verb_option *options; /* more; ends with a row without name */
    const struct option_rule *rules;   /* what goes with what; ends with a row without names */

    const char *daemon;               /* where the message goes, where it is always the same */
    const struct message_type *reply; /* what a query is answered with */
    enum status (*run)(struct session *session, const struct args *args, json_t **ret_json,
                       struct err *err);

    /* How the result is shown. */
    const char *list;              /* the member of the reply that is the result */
    const struct column *columns;  /* of a table; ends with a row without title */
    const uint32_t *widths;        /* a column's least, of a table that comes line by line */
    void (*reshape)(json_t *item); /* makes what the contract names of what the message has */
    void (*print)(const struct session *session, const json_t *result);
};

/* Every verb, group after group; each group ends with a row without noun. */
extern const struct verb *const verb_groups[];
extern const struct verb issue_verbs[];
extern const struct verb queue_verbs[];
extern const struct verb household_verbs[];
extern const struct verb card_verbs[];
extern const struct verb visit_verbs[];
extern const struct verb inbox_verbs[];
extern const struct verb office_verbs[];
extern const struct verb instance_verbs[];
extern const struct verb operation_verbs[];
extern const struct verb audit_verbs[];
extern const struct verb self_verbs[];
extern const struct verb bench_verbs[];

/* Walks over every verb: begin with NULL, ends with NULL. */
const struct verb *verb_next(const struct verb *verb);

/* The row of `noun` and `verb` (NULL for none), or NULL. */
const struct verb *verb_find(const char *noun, const char *verb);

/* Whether any verb has that noun. */
bool verb_has_noun(const char *noun);

/* Whether its message only asks. */
bool verb_is_query(const struct verb *verb);

/* "issue dispatch". `text` takes at least VERB_TITLE_BYTES. */
#define VERB_TITLE_BYTES 64
void verb_title(const struct verb *verb, char *text);

/* One option or argument of a verb, from wherever it comes. */
struct parameter {
    char name[WORD_MAX_BYTES + 1]; /* "request-id" */
    char value[96];                /* as the usage line shows it; empty: takes none */
    const char *about;
    const struct field *field;        /* or NULL */
    const struct verb_option *option; /* or NULL */
    const struct choice *choice;      /* or NULL */
    bool is_argument;
    bool is_required;
    bool is_repeated;
    bool is_text; /* takes @FILE and - */
};

#define PARAMETERS_MAX 32U
struct parameters {
    struct parameter items[PARAMETERS_MAX];
    uint32_t count;
};

/* "exactly one of --ok, --redo", "--redo needs --reason". */
struct buf;
void verb_append_rule(const struct option_rule *rule, struct buf *out);

/* Arguments first, in order. */
void verb_list_parameters(const struct verb *verb, struct parameters *ret_parameters);
