/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/lifecycle.h"

#include "base/text.h"

static const char *state_label(uint32_t state)
{
    return state == STATE_NONE ? "none" : state_word((enum state)state);
}

/* Where a row leads from a state: at once or in the end (`is_stay` false), or while it is not yet
 * moved. STATE_COUNT: nowhere. */
static uint32_t target(const struct transition *row, uint32_t from, bool is_stay)
{
    if ((row->from & STATE_BIT(from)) == 0) {
        return STATE_COUNT;
    }
    if (is_stay) {
        return row->when == MOVE_ALWAYS || row->to == from ? STATE_COUNT : from;
    }
    return row->to == STATE_NONE ? from : row->to;
}

/* One edge for all rows that lead from one state to another. */
static void append_edge(struct buf *out, uint32_t from, uint32_t to, bool is_offered)
{
    bool is_first = true;
    for (uint32_t i = 1; i < HAPPENING_COUNT; i++) {
        const struct transition *row = lifecycle_row((enum happening)i);
        bool leads = target(row, from, false) == to || target(row, from, true) == to;
        if (!leads || row->is_offered != is_offered) {
            continue;
        }
        if (is_first) {
            buf_append_format(out, "    %s -> %s [label=\"", state_label(from), state_label(to));
        }
        buf_append_format(out, "%s%u %s", is_first ? "" : "\\n", i,
                          happening_word((enum happening)i));
        is_first = false;
    }
    if (!is_first) {
        buf_append_string(out, is_offered ? "\"];\n" : "\", style=dashed, color=gray50];\n");
    }
}

static void append_node(struct buf *out, uint32_t state)
{
    bool is_final = (STATES_FINAL & STATE_BIT(state)) != 0;
    if (state == STATE_NONE) {
        buf_append_string(out, "    none [shape=point, label=\"\"];\n");
        return;
    }
    buf_append_format(out, "    %s [label=\"%s\\n%s\"%s];\n", state_label(state),
                      state_name((enum state)state), state_label(state),
                      is_final ? ", peripheries=2" : "");
}

void lifecycle_print_dot(struct buf *out)
{
    buf_append_string(out, "// The lifecycle of an issue, printed by 'lianhu lifecycle --dot'.\n"
                           "// Solid: offered. Dashed: not yet. Double: final.\n"
                           "digraph lifecycle {\n"
                           "    rankdir=TB;\n"
                           "    node [shape=box, style=rounded, fontname=\"Noto Sans CJK SC\"];\n"
                           "    edge [fontname=\"Noto Sans CJK SC\", fontsize=10];\n");
    for (uint32_t state = 0; state < STATE_COUNT; state++) {
        append_node(out, state);
    }
    for (uint32_t from = 0; from < STATE_COUNT; from++) {
        for (uint32_t to = 0; to < STATE_COUNT; to++) {
            append_edge(out, from, to, true);
            append_edge(out, from, to, false);
        }
    }
    buf_append_string(out, "}\n");
}

static void append_states(struct buf *out, uint32_t states)
{
    const char *between = "";
    for (uint32_t state = 0; state < STATE_COUNT; state++) {
        if ((states & STATE_BIT(state)) != 0) {
            buf_append_format(out, "%s%s", between, state_label(state));
            between = " ";
        }
    }
}

static void append_from(struct buf *out, uint32_t states)
{
    const uint32_t open = lifecycle_row(HAPPENING_SUPERVISE)->from;
    if (states == open) {
        buf_append_string(out, "any open");
    } else if ((states & open) == open) {
        buf_append_string(out, "any");
    } else {
        append_states(out, states);
    }
}

static void append_who(struct buf *out, uint32_t who)
{
    const char *between = "";
    for (uint32_t i = 0; i < WHO_COUNT; i++) {
        if ((who & WHO_BIT(i)) != 0) {
            buf_append_format(out, "%s%s", between, who_word(i));
            between = " ";
        }
    }
}

static void append_legs(struct buf *out, uint32_t legs)
{
    const char *between = "";
    for (uint32_t i = 1; i < LEG_STATE_COUNT; i++) {
        if ((legs & LEG_BIT(i)) != 0) {
            buf_append_format(out, "%s%s", between, leg_state_word((enum leg_state)i));
            between = " ";
        }
    }
}

static void append_row_cell(struct buf *out, enum happening happening, size_t column)
{
    const struct transition *row = lifecycle_row(happening);
    switch (column) {
    case 0:
        buf_append_format(out, "%u", (unsigned)happening);
        break;
    case 1:
        buf_append_string(out, happening_word(happening));
        break;
    case 2:
        buf_append_string(out, happening_name(happening));
        break;
    case 3:
        append_from(out, row->from);
        break;
    case 4:
        buf_append_format(out, "%s%s", row->to == STATE_NONE ? "stays" : state_word(row->to),
                          row->when == MOVE_ALWAYS ? "" : " *");
        break;
    case 5:
        append_who(out, row->who);
        break;
    case 6:
        buf_append_string(out, row->guard == GUARD_NONE ? "" : guard_word(row->guard));
        break;
    case 7:
        buf_append_string(out, row->is_offered ? "yes" : "not yet");
        break;
    default:
        buf_append_string(out, row->about);
        break;
    }
}

#define ROW_COLUMNS 9U

/* Appends the cell of one line in one column; line 0 is the heading. False past the last line. */
static bool row_cell(struct buf *out, size_t line, size_t column)
{
    static const char *const heads[ROW_COLUMNS] = {"#",   "event", "事件",    "from", "to",
                                                   "who", "guard", "offered", "about"};
    if (line == 0) {
        buf_append_string(out, heads[column]);
    } else if (line < HAPPENING_COUNT) {
        append_row_cell(out, (enum happening)line, column);
    }
    return line < HAPPENING_COUNT;
}

#define LEG_COLUMNS 4U

static bool leg_cell(struct buf *out, size_t line, size_t column)
{
    static const char *const heads[LEG_COLUMNS] = {"event", "legs", "from", "to"};
#define X(name, word) #word,
    static const char *const picks[] = {PICK_LIST(X)};
#undef X
    size_t count;
    const struct leg_move *moves = lifecycle_leg_moves(&count);
    if (line > count) {
        return false;
    }
    const struct leg_move *move = line == 0 ? NULL : &moves[line - 1];
    if (move == NULL) {
        buf_append_string(out, heads[column]);
    } else if (column == 0) {
        buf_append_string(out, happening_word(move->happening));
    } else if (column == 1) {
        buf_append_string(out, picks[move->pick]);
    } else if (column == 2) {
        append_legs(out, move->from);
    } else {
        buf_append_string(out, move->to == LEG_STATE_NONE ? "stays" : leg_state_word(move->to));
    }
    return true;
}

static size_t column_width(bool (*cell)(struct buf *, size_t, size_t), size_t column)
{
    struct buf text = {0};
    size_t widest = 0;
    for (size_t line = 0; cell(&text, line, column); line++) {
        size_t width = text_width(buf_bytes(&text));
        widest = width > widest ? width : widest;
        buf_clear(&text);
    }
    buf_done(&text);
    return widest;
}

static void print_columns(struct buf *out, bool (*cell)(struct buf *, size_t, size_t),
                          size_t columns)
{
    size_t widths[ROW_COLUMNS];
    for (size_t column = 0; column < columns; column++) {
        widths[column] = column_width(cell, column);
    }
    struct buf text = {0};
    for (size_t line = 0; cell(&text, line, 0); line++) {
        for (size_t column = 0; column < columns; column++) {
            buf_clear(&text);
            (void)cell(&text, line, column);
            buf_append_bytes(out, buf_bytes(&text));
            bool is_last = column + 1 == columns;
            int gap = is_last ? 0 : (int)(widths[column] - text_width(buf_bytes(&text)) + 2);
            buf_append_format(out, "%*s", gap, "");
        }
        buf_append_string(out, "\n");
        buf_clear(&text);
    }
    buf_done(&text);
}

static void append_terms(struct buf *out)
{
    buf_append_string(out, "\nwho\n");
    for (uint32_t i = WHO_BEFORE + 1; i < WHO_COUNT; i++) {
        buf_append_format(out, "  %-18s  %s\n", who_word(i), who_sentence(i));
    }
    buf_append_string(out, "\nguards\n");
    for (uint32_t i = GUARD_NONE + 1; i < GUARD_COUNT; i++) {
        buf_append_format(out, "  %-18s  %s\n", guard_word((enum guard)i),
                          guard_sentence((enum guard)i));
    }
    buf_append_string(out, "\n* the state stays until then\n");
    for (uint32_t i = 1; i < HAPPENING_COUNT; i++) {
        const struct transition *row = lifecycle_row((enum happening)i);
        if (row->when != MOVE_ALWAYS) {
            buf_append_format(out, "  %-26s  %s\n", happening_word((enum happening)i),
                              move_sentence(row->when));
        }
    }
}

void lifecycle_print_table(struct buf *out)
{
    print_columns(out, row_cell, ROW_COLUMNS);
    buf_append_string(out, "\nlegs\n");
    print_columns(out, leg_cell, LEG_COLUMNS);
    append_terms(out);
}
