/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/alphabet.h"

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

#define QUICK_COUNT 0x10000U
#define SLOW 0xFFFFU /* in the quick table: ask the Unicode library */
#define NOT_A_CHARACTER UINT32_MAX

struct letter {
    uint32_t character; /* folded */
    uint16_t number;
};

struct alphabet {
    uint16_t quick[QUICK_COUNT]; /* of a character as written: its letter, or SLOW */
    struct letter *sorted;       /* by character */
    uint32_t count;
};

/* Characters that fold alone and never join the one before them; those of them that fold into
 * more than one character are sorted out when the table is made. Unified ideographs fold to
 * themselves. */
static const struct {
    uint32_t first;
    uint32_t last;
    bool is_ideograph;
} quick_ranges[] = {
    {0x0000, 0x007F, false}, {0x00A1, 0x00BF, false}, {0x00D7, 0x00D7, false},
    {0x2010, 0x2027, false}, {0x2030, 0x205E, false}, {0x2460, 0x24FF, false},
    {0x3000, 0x3020, false}, {0x3400, 0x4DBF, true},  {0x4E00, 0x9FFF, true},
    {0xFF01, 0xFF5E, false}, {0xFFE0, 0xFFE6, false},
};

/* The character at the front of `text`, or NOT_A_CHARACTER; returns its length in bytes, 1 for what
 * is not UTF-8. */
static uint32_t decode(struct bytes text, uint32_t *ret_character)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t lead = text.p[0];
    uint32_t len = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    *ret_character = NOT_A_CHARACTER;
    if (len == 0 || lead >= 0xF8 || text.len < len) {
        return 1;
    }
    uint32_t c = len == 1 ? lead : lead & (0x7FU >> len);
    for (uint32_t i = 1; i < len; i++) {
        if ((text.p[i] & 0xC0) != 0x80) {
            return 1;
        }
        c = c << 6 | (text.p[i] & 0x3FU);
    }
    if (c < smallest[len] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) {
        return 1;
    }
    *ret_character = c;
    return len;
}

static uint32_t encode_utf8(uint32_t c, uint8_t bytes[4])
{
    uint32_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t mark[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (uint32_t i = len - 1; i > 0; i--) {
        bytes[i] = (uint8_t)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    bytes[0] = (uint8_t)(mark[len] | c);
    return len;
}

static int compare_letters(const void *a, const void *b)
{
    const struct letter *x = a;
    const struct letter *y = b;
    return (x->character > y->character) - (x->character < y->character);
}

static uint16_t letter_find(const struct alphabet *alphabet, uint32_t character)
{
    struct letter key = {.character = character};
    const struct letter *found =
        bsearch(&key, alphabet->sorted, alphabet->count, sizeof *alphabet->sorted, compare_letters);
    return found != NULL ? found->number : 0;
}

/* Gathers every different character of the words, sorted. */
static bool gather(struct alphabet *alphabet, const struct bytes *words, uint32_t count)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        bytes += words[i].len;
    }
    struct letter *all = memory_new(bytes + 1, sizeof *all);
    size_t len = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct bytes rest = words[i];
        while (rest.len > 0) {
            uint32_t n = decode(rest, &all[len++].character);
            rest = bytes_of(rest.p + n, rest.len - n);
        }
    }
    qsort(all, len, sizeof *all, compare_letters);
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        if (kept == 0 || all[i].character != all[kept - 1].character) {
            all[kept] = (struct letter){all[i].character, (uint16_t)(kept + 1)};
            kept++;
        }
    }
    bool is_whole = kept <= ALPHABET_LETTERS_MAX;
    alphabet->count = is_whole ? (uint32_t)kept : ALPHABET_LETTERS_MAX;
    alphabet->sorted = memory_resize(all, alphabet->count, sizeof *all);
    return is_whole;
}

/* The quick table's entry for a character outside the ideographs. */
static uint16_t quick_entry(const struct alphabet *alphabet, uint32_t character, struct buf *folded)
{
    uint8_t bytes[4];
    struct err err;
    buf_clear(folded);
    uint32_t folded_character = NOT_A_CHARACTER;
    if (text_append_folded(folded, bytes_of(bytes, encode_utf8(character, bytes)), &err) !=
            STATUS_OK ||
        folded->len == 0 || decode(buf_bytes(folded), &folded_character) != folded->len) {
        return SLOW;
    }
    return letter_find(alphabet, folded_character);
}

static void fill_quick(struct alphabet *alphabet)
{
    struct buf folded = {0};
    memset(alphabet->quick, 0xFF, sizeof alphabet->quick);
    for (size_t r = 0; r < sizeof quick_ranges / sizeof *quick_ranges; r++) {
        for (uint32_t c = quick_ranges[r].first; c <= quick_ranges[r].last; c++) {
            alphabet->quick[c] =
                quick_ranges[r].is_ideograph ? 0 : quick_entry(alphabet, c, &folded);
        }
    }
    for (uint32_t i = 0; i < alphabet->count; i++) {
        const struct letter *letter = &alphabet->sorted[i];
        if (letter->character < QUICK_COUNT && alphabet->quick[letter->character] != SLOW) {
            alphabet->quick[letter->character] = letter->number;
        }
    }
    buf_done(&folded);
}

struct alphabet *alphabet_open(const struct bytes *words, uint32_t count, bool *ret_is_whole)
{
    struct alphabet *alphabet = memory_new(1, sizeof *alphabet);
    *ret_is_whole = gather(alphabet, words, count);
    fill_quick(alphabet);
    return alphabet;
}

void alphabet_close(struct alphabet *alphabet)
{
    if (alphabet != NULL) {
        free(alphabet->sorted);
        free(alphabet);
    }
}

uint32_t alphabet_size(const struct alphabet *alphabet)
{
    return alphabet->count;
}

uint64_t alphabet_memory_bytes(const struct alphabet *alphabet)
{
    return sizeof *alphabet + alphabet->count * sizeof *alphabet->sorted;
}

uint32_t alphabet_encode(const struct alphabet *alphabet, struct bytes folded, uint16_t *letters,
                         uint32_t max)
{
    uint32_t count = 0;
    while (folded.len > 0 && count < max) {
        uint32_t c;
        uint32_t n = decode(folded, &c);
        letters[count++] = letter_find(alphabet, c);
        folded = bytes_of(folded.p + n, folded.len - n);
    }
    return count;
}

void letters_done(struct letters *letters)
{
    free(letters->letters);
    free(letters->origins);
    *letters = (struct letters){0};
}

static void letters_reserve(struct letters *letters, uint32_t count)
{
    if (count > letters->cap) {
        letters->cap = count * 2;
        letters->letters = memory_resize(letters->letters, letters->cap, sizeof *letters->letters);
        letters->origins = memory_resize(letters->origins, letters->cap, sizeof *letters->origins);
    }
}

static inline void letters_append(struct letters *letters, uint16_t letter, uint32_t origin)
{
    letters->letters[letters->count] = letter;
    letters->origins[letters->count] = origin;
    letters->count++;
}

/* Number of characters in UTF-8 that was made here. */
static uint32_t count_characters(struct bytes text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += (text.p[i] & 0xC0) != 0x80;
    }
    return count;
}

/* Reads a run that must be folded as a whole. Its letters are given the places of the characters
 * that unfold into them one by one, which is exact unless characters join inside the run. */
static void read_run(const struct alphabet *alphabet, struct bytes run, uint32_t first_char,
                     struct letters *letters)
{
    struct buf whole = {0};
    struct buf alone = {0};
    struct err err;
    if (text_append_folded(&whole, run, &err) != STATUS_OK) {
        buf_clear(&whole);
    }
    uint32_t left = count_characters(buf_bytes(&whole));
    letters_reserve(letters, letters->count + left);
    size_t at = 0;
    for (uint32_t i = first_char; run.len > 0; i++) {
        uint32_t c;
        uint32_t n = decode(run, &c);
        buf_clear(&alone);
        uint32_t share = left;
        if (run.len > n && text_append_folded(&alone, bytes_of(run.p, n), &err) == STATUS_OK) {
            uint32_t own = count_characters(buf_bytes(&alone));
            share = own < left ? own : left;
        }
        left -= share;
        for (; share > 0; share--) {
            at += decode(bytes_of(whole.p + at, whole.len - at), &c);
            letters_append(letters, letter_find(alphabet, c), i);
        }
        run = bytes_of(run.p + n, run.len - n);
    }
    buf_done(&alone);
    buf_done(&whole);
}

static bool is_slow(const struct alphabet *alphabet, uint32_t character)
{
    return character != NOT_A_CHARACTER &&
           (character >= QUICK_COUNT || alphabet->quick[character] == SLOW);
}

/* Reads characters of three bytes, as nearly all are, up to the first that needs more thought.
 * Returns where it stopped. */
static size_t read_quickly(const struct alphabet *alphabet, struct bytes text, size_t at,
                           struct letters *letters, uint32_t *character_index)
{
    while (at + 3 <= text.len) {
        const uint8_t *p = text.p + at;
        uint32_t c = (p[0] & 0x0FU) << 12 | (p[1] & 0x3FU) << 6 | (p[2] & 0x3FU);
        bool is_three = (p[0] & 0xF0) == 0xE0 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
        /* Below U+0800 three bytes are not well-formed; surrogates are SLOW in the table. */
        if (!is_three || c < 0x800 || alphabet->quick[c] == SLOW) {
            break;
        }
        letters_append(letters, alphabet->quick[c], (*character_index)++);
        at += 3;
    }
    return at;
}

/* The end of the run of slow characters at `at`, and how many they are. */
static size_t find_run_end(const struct alphabet *alphabet, struct bytes text, size_t at,
                           uint32_t *ret_chars)
{
    *ret_chars = 0;
    while (at < text.len) {
        uint32_t c;
        uint32_t n = decode(bytes_of(text.p + at, text.len - at), &c);
        if (!is_slow(alphabet, c)) {
            break;
        }
        at += n;
        (*ret_chars)++;
    }
    return at;
}

void alphabet_read(const struct alphabet *alphabet, struct bytes text, struct letters *letters)
{
    uint32_t character_index = 0;
    size_t previous = 0; /* where the last character began, to take it into a run */
    letters->count = 0;
    letters_reserve(letters, (uint32_t)text.len + 1);
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        at = read_quickly(alphabet, text, at, letters, &character_index);
        previous = at > from ? at - 3 : previous;
        uint32_t chars;
        size_t end = find_run_end(alphabet, text, at, &chars);
        if (chars > 0) {
            uint32_t before = previous < at ? 1 : 0;
            letters->count -= before;
            read_run(alphabet, bytes_of(text.p + previous, end - previous),
                     character_index - before, letters);
            letters_reserve(letters, letters->count + (uint32_t)(text.len - end) + 1);
            character_index += chars;
            previous = end;
        } else if (at < text.len) {
            uint32_t c;
            end = at + decode(bytes_of(text.p + at, text.len - at), &c);
            letters_append(letters, c == NOT_A_CHARACTER ? 0 : alphabet->quick[c],
                           character_index++);
            previous = c == NOT_A_CHARACTER ? end : at;
        }
        at = end;
    }
}
