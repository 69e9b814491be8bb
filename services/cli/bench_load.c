/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load of the benchmark: C slots, each taking one issue after another from submit to closed. It
 * follows the router's journal like any watcher and does the next act of an issue when the router
 * says that the one before had its effect; nobody polls.
 */
#include "cli/bench_state.h"

#include "base/memory.h"
#include "cli/call.h"
#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>

#define STALL_US (INT64_C(30) * US_PER_S)

static enum status send_act(struct load *load, struct slot *slot, struct err *err)
{
    struct sending sending = {0};
    bench_make_act(load, slot, &sending);
    sending.request.message = &sending.message;
    sending.request.request = rpc_make_id();
    sending.request.tag = (uint64_t)++slot->serial << 32 | (uint64_t)(slot - load->slots);
    if (slot->act == ACT_SUBMIT) {
        slot->submitted_us = session_mono().us;
    }
    return rpc_client_send(sending.client, &sending.request, err);
}

static enum status begin_issue(struct load *load, struct slot *slot, struct err *err)
{
    if (load->submitted == load->options->issues) {
        slot->is_idle = true;
        return STATUS_OK;
    }
    uint32_t household = load->submitted++ % load->household_count;
    *slot = (struct slot){.act = ACT_SUBMIT, .household = household, .serial = slot->serial};
    return send_act(load, slot, err);
}

/* When the next report is due under a rate. */
static bool is_time(const struct load *load)
{
    uint32_t rate = load->options->rate;
    int64_t due = rate == 0 ? 0 : (int64_t)load->submitted * US_PER_S / rate;
    return session_mono().us - load->began_us >= due;
}

static enum status begin_waiting(struct load *load, struct err *err)
{
    const struct load_options *options = load->options;
    enum status st = STATUS_OK;
    for (uint32_t i = 0;
         st == STATUS_OK && i < options->clients && load->submitted < options->issues; i++) {
        if (load->slots[i].is_idle && is_time(load)) {
            st = begin_issue(load, &load->slots[i], err);
        }
    }
    return st;
}

static enum status go_on(struct load *load, struct slot *slot, struct err *err)
{
    if (slot->act + 1 < ACT_COUNT) {
        slot->act++;
        return send_act(load, slot, err);
    }
    load->closed++;
    slot->is_idle = true;
    return load->options->rate == 0 ? begin_issue(load, slot, err) : STATUS_OK;
}

static enum status on_opened(struct load *load, struct slot *slot, const struct early *early,
                             struct err *err)
{
    if (early->lead == NULL) {
        return fail(err, STATUS_REFUSED,
                    "the benchmark's report went to the triage desk; the example's rules should "
                    "know where it goes");
    }
    samples_add(&load->result->submit_visible, session_mono().us - slot->submitted_us);
    slot->seq = early->seq;
    slot->generation = early->generation;
    slot->lead = early->lead;
    return go_on(load, slot, err);
}

static struct early *early_of(struct load *load, uint64_t issue)
{
    uint64_t running = issue % (ISSUE_RUNNING_MAX + 1);
    return running <= load->options->issues ? &load->early[running] : NULL;
}

static enum status on_record(struct load *load, const struct record *record, struct err *err)
{
    struct early *early = early_of(load, record->issue);
    if (record->issue == 0 || early == NULL) {
        return STATUS_OK;
    }
    if (record->type == MESSAGE_OPENED_EVENT) {
        early->seq = record->seq;
        early->generation = record->generation;
        early->lead = office_find_department(&load->session->config->office, record->topic);
        return early->slot == 0 ? STATUS_OK
                                : on_opened(load, &load->slots[early->slot - 1], early, err);
    }
    if (record->type == MESSAGE_SET_ASIDE_EVENT) {
        return fail(err, STATUS_REFUSED, "the router set an act of the benchmark aside");
    }
    struct step_event event;
    if (record->type != MESSAGE_STEP_EVENT || early->slot == 0) {
        return STATUS_OK;
    }
    enum status st = message_decode_parts(&step_event_type, record->open, record->pii, &event, err);
    struct slot *slot = &load->slots[early->slot - 1];
    if (st != STATUS_OK || slot->issue != record->issue ||
        event.happening != (int)bench_act_becomes(slot->act)) {
        return st;
    }
    slot->seq = record->seq;
    slot->generation = record->generation;
    return go_on(load, slot, err);
}

/* Nothing is in what only moves the cursor on. */
static enum status on_followed(struct load *load, const struct followed *followed, struct err *err)
{
    if (followed->raw.len == 0) {
        return STATUS_OK;
    }
    struct record record;
    enum status st = record_decode(followed->raw, followed->seq, &record, err);
    return st == STATUS_OK ? on_record(load, &record, err) : st;
}

static enum status take_stream(struct load *load, bool *ret_did, struct err *err)
{
    struct followed followed;
    enum status st = STATUS_OK;
    follower_receive(load->follower, session_mono(), 64, ret_did);
    while (st == STATUS_OK && follower_peek(load->follower, &followed) == STATUS_OK) {
        st = on_followed(load, &followed, err);
        struct cursor cursor = {
            .journal = followed.journal, .epoch = followed.epoch, .seq = followed.seq};
        memcpy(cursor.chain, followed.chain, sizeof cursor.chain);
        follower_pop(load->follower);
        follower_set_durable(load->follower, &cursor);
    }
    return st;
}

static enum status on_submitted(struct load *load, struct slot *slot,
                                const struct reply_frame *reply, struct err *err)
{
    struct change_reply change;
    enum status st = message_decode(&change_reply_type, reply->payload, &change, err);
    if (st != STATUS_OK) {
        return st;
    }
    samples_add(&load->result->submit_ack, session_mono().us - slot->submitted_us);
    slot->issue = change.issue;
    struct early *early = early_of(load, change.issue);
    if (early == NULL) {
        return fail(err, STATUS_CORRUPT, "the issue's number is not among those expected");
    }
    early->slot = (uint32_t)(slot - load->slots) + 1;
    return early->seq == 0 ? STATUS_OK : on_opened(load, slot, early, err);
}

static enum status on_reply(struct load *load, const struct reply_frame *reply, struct err *err)
{
    struct slot *slot = &load->slots[reply->tag & UINT32_MAX];
    bool is_last = slot->serial == reply->tag >> 32;
    if (reply->status == REPLY_STATUS_BUSY && is_last) {
        return send_act(load, slot, err);
    }
    if (reply->status != REPLY_STATUS_OK) {
        return fail(err, STATUS_REFUSED, "act %d of the benchmark was refused: %.*s",
                    (int)slot->act, BYTES_FMT(reply->text));
    }
    /* The stream may have taken the slot on before the reply to its last act came. */
    return slot->act == ACT_SUBMIT && slot->issue == 0 && is_last
               ? on_submitted(load, slot, reply, err)
               : STATUS_OK;
}

/* AGAIN: the daemon has sent no more. */
static enum status take_replies_of(struct load *load, struct rpc_client *client, bool *ret_did,
                                   struct err *err)
{
    struct reply_frame reply;
    enum status st = rpc_client_receive(client, &reply, err);
    while (st == STATUS_OK) {
        *ret_did = true;
        st = on_reply(load, &reply, err);
        if (st == STATUS_OK) {
            st = rpc_client_receive(client, &reply, err);
        }
    }
    return st;
}

static enum status take_replies(struct load *load, bool *ret_did, struct err *err)
{
    for (uint32_t i = 0; i < load->session->config->daemon_count; i++) {
        enum status st = take_replies_of(load, load->clients[i], ret_did, err);
        if (st != STATUS_AGAIN) {
            return st;
        }
    }
    return STATUS_OK;
}

static enum status wait_some(struct load *load, bool did, struct err *err)
{
    struct transport *transports[CONFIG_DAEMONS_MAX + 1];
    uint32_t count = 0;
    for (uint32_t i = 0; i < load->session->config->daemon_count; i++) {
        transports[count++] = rpc_client_transport(load->clients[i]);
    }
    transports[count++] = follower_transport(load->follower);
    int wait_ms = did ? 0 : load->options->rate == 0 ? 50 : 1;
    enum status st = transport_wait(transports, count, -1, wait_ms, err);
    return st == STATUS_AGAIN ? STATUS_OK : st;
}

static enum status work(struct load *load, struct err *err)
{
    load->began_us = session_mono().us;
    load->moved_us = load->began_us;
    for (uint32_t i = 0; i < load->options->clients; i++) {
        load->slots[i].is_idle = true;
    }
    while (load->closed < load->options->issues) {
        bool did = false;
        enum status st = begin_waiting(load, err);
        if (st == STATUS_OK) {
            st = take_stream(load, &did, err);
        }
        if (st == STATUS_OK) {
            st = take_replies(load, &did, err);
        }
        if (st == STATUS_OK) {
            st = wait_some(load, did, err);
        }
        if (st != STATUS_OK) {
            return st;
        }
        int64_t now = session_mono().us;
        load->moved_us = did ? now : load->moved_us;
        if (now - load->moved_us > STALL_US) {
            return fail(err, STATUS_UNKNOWN, "nothing moved for 30 s; %u of %u issues are closed",
                        load->closed, load->options->issues);
        }
        output_progress("%u of %u issues closed", load->closed, load->options->issues);
    }
    return STATUS_OK;
}

/* How far the journal of the daemon of this name goes; 0 when there is none. */
static uint64_t head_of(const struct daemon_status *statuses, uint32_t count, struct bytes name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (bytes_equal(name, statuses[i].daemon->name)) {
            return statuses[i].reply.head;
        }
    }
    return 0;
}

/* Whether the daemon has taken everything from those that it follows. */
static bool has_caught_up(const struct daemon_status *statuses, uint32_t count,
                          const struct daemon_status *status)
{
    struct list_cursor cursor = list_begin(&status->reply.links);
    struct link_part link;
    while (list_next_message(&cursor, &link_part_type, &link)) {
        if (link.cursor < head_of(statuses, count, link.name)) {
            return false;
        }
    }
    return true;
}

/* Whether every daemon has taken everything there is. */
static bool is_quiet(struct load *load)
{
    const struct config *config = load->session->config;
    struct daemon_status statuses[CONFIG_DAEMONS_MAX];
    if (call_status(load->session, 2000, statuses) != config->daemon_count) {
        return false;
    }
    for (uint32_t i = 0; i < config->daemon_count; i++) {
        if (!has_caught_up(statuses, config->daemon_count, &statuses[i])) {
            return false;
        }
    }
    return true;
}

static enum status read_households(struct load *load, struct err *err)
{
    struct household_query query = {0};
    struct household_reply reply;
    struct ask ask = {
        .type = &household_query_type, .message = &query, .reply_type = &household_reply_type};
    enum status st = call_named(load->session, "intake", &ask, &reply, NULL, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct list_cursor cursor = list_begin(&reply.households);
    struct household_part part;
    while (load->household_count < HOUSEHOLDS_MAX &&
           list_next_message(&cursor, &household_part_type, &part)) {
        struct household *household = &load->households[load->household_count++];
        (void)snprintf(household->id, sizeof household->id, "%.*s", BYTES_FMT(part.household));
        (void)snprintf(household->cadre, sizeof household->cadre, "%.*s", BYTES_FMT(part.cadre));
    }
    return load->household_count != 0
               ? STATUS_OK
               : fail(err, STATUS_NOT_FOUND, "the instance has no households");
}

static enum status open_connections(struct load *load, struct err *err)
{
    const struct config *config = load->session->config;
    for (uint32_t i = 0; i < config->daemon_count; i++) {
        enum status st =
            session_connect(load->session, &config->daemons[i], &load->clients[i], err);
        if (st != STATUS_OK) {
            return st;
        }
    }
    struct transport_options options = {.endpoint = "ipc://router.journal",
                                        .message_max_bytes = LINK_MESSAGE_MAX_BYTES,
                                        .queue_messages = LINK_QUEUE_MESSAGES};
    struct transport *transport = NULL;
    enum status st = transport_connect(load->session->context, &options, &transport, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct follower_options following = {.name = BYTES("bench"),
                                         .producer = BYTES("router"),
                                         .person = BYTES("operator"),
                                         .is_live = true};
    struct cursor none = {0};
    return follower_open(transport, &following, &none, &load->follower, err);
}

/* The stream must be open before the first report, or its news would be missed. */
static enum status wait_for_stream(struct load *load, struct err *err)
{
    int64_t until = session_mono().us + 10 * US_PER_S;
    struct follower_view view = {0};
    while (view.state != FOLLOWER_FOLLOWING) {
        bool did = false;
        follower_receive(load->follower, session_mono(), 64, &did);
        follower_get_view(load->follower, &view);
        if (session_mono().us > until) {
            return fail(err, STATUS_UNAVAILABLE, "the router's journal does not answer");
        }
        enum status st = wait_some(load, did, err);
        if (st != STATUS_OK) {
            return st;
        }
    }
    load->router = view.journal;
    return STATUS_OK;
}

enum status load_run(struct session *session, const struct load_options *options,
                     struct load_result *ret_result, struct err *err)
{
    struct load load = {.session = session, .options = options, .result = ret_result};
    load.slots = memory_new(options->clients, sizeof load.slots[0]);
    load.early = memory_new((size_t)options->issues + 1, sizeof load.early[0]);
    enum status st = read_households(&load, err);
    if (st == STATUS_OK) {
        st = open_connections(&load, err);
    }
    if (st == STATUS_OK) {
        st = wait_for_stream(&load, err);
    }
    if (st == STATUS_OK) {
        st = work(&load, err);
    }
    int64_t until = session_mono().us + STALL_US;
    while (st == STATUS_OK && !is_quiet(&load)) {
        if (session_mono().us > until) {
            st = fail(err, STATUS_UNKNOWN, "the daemons did not catch up within 30 s");
        }
    }
    ret_result->seconds = (double)(session_mono().us - load.began_us) / 1e6;
    follower_close(load.follower);
    free(load.slots);
    free(load.early);
    return st;
}
