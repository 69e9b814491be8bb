/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/record.h"

#include "base/crc32c.h"
#include "base/endian.h"

#include <sodium.h>

#include <inttypes.h>

enum {
    AT_VERSION = 0,
    AT_FLAGS = 1,
    AT_TYPE = 2,
    AT_CONFIG = 4,
    AT_TIME = 12,
    AT_ISSUE = 20,
    AT_GENERATION = 28,
    AT_DEPTH = 32,
    AT_SUITE = 33,
    AT_KEY = 34,
    AT_CAUSE = 36,
    AT_CAUSE_NUMBER = AT_CAUSE + ID_BYTES,
    AT_CAUSE_INDEX = AT_CAUSE_NUMBER + 8,
    AT_ACTOR_LEN = 62,
    AT_TOPIC_LEN = 63,
    AT_OPEN_LEN = 64,
    AT_PII_LEN = 68,
    AT_CHAIN = 72,
    AT_CHECKSUM = 104,
};

#define FLAGS_KNOWN (RECORD_LOCAL | RECORD_BY_REQUEST | RECORD_BY_RECORD)
#define FLAGS_CAUSE (RECORD_BY_REQUEST | RECORD_BY_RECORD)

_Static_assert(AT_CHAIN + CHAIN_BYTES == AT_CHECKSUM, "layout");
_Static_assert(AT_CHECKSUM + 4 == RECORD_HEADER_BYTES, "layout");

static uint32_t checksum(struct bytes raw)
{
    static const uint8_t zero[4];
    uint32_t crc = crc32c(0, bytes_of(raw.p, AT_CHECKSUM));
    crc = crc32c(crc, bytes_of(zero, sizeof(zero)));
    return crc32c(crc, bytes_of(raw.p + RECORD_HEADER_BYTES, raw.len - RECORD_HEADER_BYTES));
}

void record_chain(const uint8_t before[CHAIN_BYTES], struct bytes raw,
                  uint8_t ret_chain[CHAIN_BYTES])
{
    CHECK(raw.len >= RECORD_HEADER_BYTES);
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, CHAIN_BYTES);
    (void)crypto_generichash_update(&state, before, CHAIN_BYTES);
    (void)crypto_generichash_update(&state, raw.p, AT_CHAIN);
    (void)crypto_generichash_update(&state, raw.p + RECORD_HEADER_BYTES,
                                    raw.len - RECORD_HEADER_BYTES);
    (void)crypto_generichash_final(&state, ret_chain, CHAIN_BYTES);
}

static enum status check_sizes(const struct record *record, struct err *err)
{
    if (record->depth > RECORD_DEPTH_MAX) {
        return fail(err, STATUS_REFUSED,
                    "one command may cause at most %u generations of events; this would be "
                    "generation %u",
                    RECORD_DEPTH_MAX, record->depth);
    }
    if (record->actor.len > RECORD_NAME_MAX_BYTES || record->topic.len > RECORD_NAME_MAX_BYTES) {
        return fail(err, STATUS_INVALID, "the actor or topic of a record has more than %u bytes",
                    RECORD_NAME_MAX_BYTES);
    }
    size_t room = RECORD_MAX_BYTES - RECORD_HEADER_BYTES - record->actor.len - record->topic.len;
    if (record->open.len > room || record->pii.len > room - record->open.len) {
        return fail(err, STATUS_INVALID, "a record would have %zu bytes; at most %u fit",
                    record->open.len + record->pii.len + RECORD_MAX_BYTES - room, RECORD_MAX_BYTES);
    }
    return STATUS_OK;
}

static void encode_cause(const struct record *record, uint8_t *header)
{
    CHECK((record->flags & FLAGS_CAUSE) != FLAGS_CAUSE);
    if ((record->flags & RECORD_BY_REQUEST) != 0) {
        memcpy(header + AT_CAUSE, record->request.bytes, ID_BYTES);
        be64_store(header + AT_CAUSE_NUMBER, record->request_hash);
        be16_store(header + AT_CAUSE_INDEX, record->request_type);
    } else if ((record->flags & RECORD_BY_RECORD) != 0) {
        memcpy(header + AT_CAUSE, record->cause.journal.bytes, ID_BYTES);
        be64_store(header + AT_CAUSE_NUMBER, record->cause.seq);
        be16_store(header + AT_CAUSE_INDEX, record->cause_index);
    }
}

static void encode_header(const struct record *record, uint8_t *header)
{
    memset(header, 0, RECORD_HEADER_BYTES);
    header[AT_VERSION] = RECORD_VERSION;
    header[AT_FLAGS] = record->flags;
    be16_store(header + AT_TYPE, record->type);
    be64_store(header + AT_CONFIG, record->config);
    be64_store(header + AT_TIME, (uint64_t)record->at.us);
    be64_store(header + AT_ISSUE, record->issue);
    be32_store(header + AT_GENERATION, record->generation);
    header[AT_DEPTH] = record->depth;
    encode_cause(record, header);
    header[AT_ACTOR_LEN] = (uint8_t)record->actor.len;
    header[AT_TOPIC_LEN] = (uint8_t)record->topic.len;
    be32_store(header + AT_OPEN_LEN, (uint32_t)record->open.len);
    be32_store(header + AT_PII_LEN, (uint32_t)record->pii.len);
}

/* Copies `text` to `*at`, lets it stand for the copy, and moves on. */
static void move_text(struct bytes *text, uint8_t **at)
{
    if (text->len != 0) {
        memcpy(*at, text->p, text->len);
    }
    text->p = *at;
    *at += text->len;
}

enum status record_encode(struct record *record, const uint8_t before[CHAIN_BYTES],
                          struct buf *scratch, struct err *err)
{
    CHECK((record->flags & ~FLAGS_KNOWN) == 0);
    enum status status = check_sizes(record, err);
    if (status != STATUS_OK) {
        return status;
    }
    buf_clear(scratch);
    uint8_t *raw = buf_extend(scratch, RECORD_HEADER_BYTES + record->actor.len + record->topic.len +
                                           record->open.len + record->pii.len);
    encode_header(record, raw);
    uint8_t *at = raw + RECORD_HEADER_BYTES;
    move_text(&record->actor, &at);
    move_text(&record->topic, &at);
    move_text(&record->open, &at);
    move_text(&record->pii, &at);
    record->raw = buf_bytes(scratch);
    record_chain(before, record->raw, record->chain);
    memcpy(raw + AT_CHAIN, record->chain, CHAIN_BYTES);
    be32_store(raw + AT_CHECKSUM, checksum(record->raw));
    return STATUS_OK;
}

/* Checks everything that may stop a reader before it looks at single fields. */
static enum status check_bytes(struct bytes raw, uint64_t seq, struct err *err)
{
    if (raw.len < RECORD_HEADER_BYTES || raw.len > RECORD_MAX_BYTES) {
        return fail(err, STATUS_CORRUPT, "record %" PRIu64 " is damaged: it has %zu bytes", seq,
                    raw.len);
    }
    if (checksum(raw) != be32_load(raw.p + AT_CHECKSUM)) {
        return fail(err, STATUS_CORRUPT, "record %" PRIu64 " is damaged: its checksum is wrong",
                    seq);
    }
    if (raw.p[AT_VERSION] > RECORD_VERSION || raw.p[AT_SUITE] != 0) {
        return fail(err, STATUS_REFUSED,
                    "record %" PRIu64 " was written by a newer program (version %u, suite %u); "
                    "upgrade this daemon first",
                    seq, raw.p[AT_VERSION], raw.p[AT_SUITE]);
    }
    uint8_t flags = raw.p[AT_FLAGS];
    uint64_t parts = (uint64_t)be32_load(raw.p + AT_OPEN_LEN) + be32_load(raw.p + AT_PII_LEN) +
                     raw.p[AT_ACTOR_LEN] + raw.p[AT_TOPIC_LEN];
    if (raw.p[AT_VERSION] != RECORD_VERSION || (flags & ~FLAGS_KNOWN) != 0 ||
        (flags & FLAGS_CAUSE) == FLAGS_CAUSE || raw.p[AT_DEPTH] > RECORD_DEPTH_MAX ||
        parts != raw.len - RECORD_HEADER_BYTES) {
        return fail(err, STATUS_CORRUPT, "record %" PRIu64 " is damaged: its header is impossible",
                    seq);
    }
    return STATUS_OK;
}

static void decode_cause(const uint8_t *header, struct record *record)
{
    if ((record->flags & RECORD_BY_REQUEST) != 0) {
        memcpy(record->request.bytes, header + AT_CAUSE, ID_BYTES);
        record->request_hash = be64_load(header + AT_CAUSE_NUMBER);
        record->request_type = be16_load(header + AT_CAUSE_INDEX);
    } else if ((record->flags & RECORD_BY_RECORD) != 0) {
        memcpy(record->cause.journal.bytes, header + AT_CAUSE, ID_BYTES);
        record->cause.seq = be64_load(header + AT_CAUSE_NUMBER);
        record->cause_index = be16_load(header + AT_CAUSE_INDEX);
    }
}

static struct bytes take_text(const uint8_t **at, size_t len)
{
    struct bytes text = bytes_of(*at, len);
    *at += len;
    return text;
}

enum status record_decode(struct bytes raw, uint64_t seq, struct record *ret_record,
                          struct err *err)
{
    enum status status = check_bytes(raw, seq, err);
    if (status != STATUS_OK) {
        return status;
    }
    const uint8_t *header = raw.p;
    *ret_record = (struct record){
        .seq = seq,
        .flags = header[AT_FLAGS],
        .type = be16_load(header + AT_TYPE),
        .config = be64_load(header + AT_CONFIG),
        .at.us = (int64_t)be64_load(header + AT_TIME),
        .issue = be64_load(header + AT_ISSUE),
        .generation = be32_load(header + AT_GENERATION),
        .depth = header[AT_DEPTH],
        .raw = raw,
    };
    decode_cause(header, ret_record);
    memcpy(ret_record->chain, header + AT_CHAIN, CHAIN_BYTES);
    const uint8_t *at = header + RECORD_HEADER_BYTES;
    ret_record->actor = take_text(&at, header[AT_ACTOR_LEN]);
    ret_record->topic = take_text(&at, header[AT_TOPIC_LEN]);
    ret_record->open = take_text(&at, be32_load(header + AT_OPEN_LEN));
    ret_record->pii = take_text(&at, be32_load(header + AT_PII_LEN));
    return STATUS_OK;
}

bool record_glance(struct bytes raw, struct record_glance *ret_glance)
{
    if (raw.len < RECORD_HEADER_BYTES) {
        return false;
    }
    size_t actor_len = raw.p[AT_ACTOR_LEN];
    size_t topic_len = raw.p[AT_TOPIC_LEN];
    if (raw.len - RECORD_HEADER_BYTES < actor_len + topic_len) {
        return false;
    }
    *ret_glance = (struct record_glance){
        .flags = raw.p[AT_FLAGS],
        .topic = bytes_of(raw.p + RECORD_HEADER_BYTES + actor_len, topic_len),
        .chain = raw.p + AT_CHAIN,
    };
    return true;
}
