/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load of the benchmark: C slots, each taking one issue after another from submit to closed. It
 * follows the router's journal like any watcher and does the next act of an issue when the router
 * says that the one before had its effect; nobody polls.
 */
#include "cli/bench.h"

#include "base/memory.h"
#include "cli/call.h"
#include "cli/output.h"
#include "domain/words.h"
#include "link/follower.h"

#include <stdio.h>
#include <stdlib.h>

#define HOUSEHOLDS_MAX 200U
#define STALL_US (INT64_C(30) * US_PER_S)

/* 200 characters of the kind people write; the rules of the example know where it goes. */
static const char title_text[] = "村口路面坑洼，路灯不亮";
static const char body_text[] = "入户走访时群众反映，村口主干道路面坑洼不平已有一个多月，最深的一处"
                                "坑有二十多公分，雨天积水看不清，已有两位老"
                                "人骑车摔倒。路口的三盏路灯也从上周开始不亮，晚上接送孩子的家长只能"
                                "打着手电走，大家都很担心安全。群众希望街道尽"
                                "快安排人员查看，先把坑填平、把路灯修好，并在路口设置提醒标志，施工"
                                "期间留出行人通道。联户干部已现场拍照，并告知"
                                "群众办理时限，后续进展会及时入户反馈。";
static const char answer_text[] = "已派人到现场查看，路面坑槽全部用沥青修补压实，三盏路灯更换灯泡和"
                                  "控制器，当晚恢复照明，路口增设提醒标志两块。";

/* What a slot does next; in the order of the lifecycle. */
enum act { ACT_SUBMIT, ACT_SIGN, ACT_ANSWER, ACT_REVIEW, ACT_FEEDBACK, ACT_CALL, ACT_COUNT };

struct slot {
    enum act act; /* under way */
    uint64_t issue;
    uint32_t household;
    uint32_t generation;
    uint64_t seq; /* the router's record that led to this act */
    const struct department *lead;
    int64_t submitted_us;
    bool is_idle; /* waits for its time, when there is a rate */
};

struct household {
    char id[WORD_MAX_BYTES + 1];
    char cadre[WORD_MAX_BYTES + 1];
};

/* What the stream said of an issue before its number was known here. */
struct early {
    uint32_t slot; /* plus 1; 0: not known yet */
    uint64_t seq;
    uint32_t generation;
    const struct department *lead;
};

struct load {
    struct session *session;
    const struct load_options *options;
    struct load_result *result;
    struct rpc_client *clients[CONFIG_DAEMONS_MAX]; /* by index in the config */
    struct follower *follower;
    struct id router; /* the router's journal */
    struct slot *slots;
    struct early *early; /* by running number */
    struct household households[HOUSEHOLDS_MAX];
    uint32_t household_count;
    uint32_t submitted;
    uint32_t closed;
    int64_t began_us;
    int64_t moved_us; /* when something last happened */
};

static struct bytes find_staff(const struct office *office, struct bytes department)
{
    for (uint32_t i = 0; i < office->person_count; i++) {
        const struct person *person = &office->people[i];
        if ((person->roles & ROLE_BIT(ROLE_SECTION_STAFF)) != 0 &&
            person_has_department(person, department)) {
            return person->id;
        }
    }
    return (struct bytes){0};
}

static struct bytes find_role(const struct office *office, enum role role)
{
    for (uint32_t i = 0; i < office->person_count; i++) {
        if ((office->people[i].roles & ROLE_BIT(role)) != 0) {
            return office->people[i].id;
        }
    }
    return (struct bytes){0};
}

static struct rpc_client *client_of(struct load *load, const struct config_daemon *daemon)
{
    return load->clients[daemon - load->session->config->daemons];
}

static struct rpc_client *client_named(struct load *load, const char *name)
{
    return client_of(load, config_find_daemon(load->session->config, bytes_of_string(name)));
}

/* A message of an act, and to whom it goes as whom. */
struct sending {
    struct rpc_client *client;
    struct rpc_request request;
    union {
        struct submit_command submit;
        struct sign_command sign;
        struct answer_command answer;
        struct review_command review;
        struct feedback_command feedback;
        struct callback_command call;
    } message;
};

static void make_submit(struct load *load, struct slot *slot, struct sending *out)
{
    const struct household *household = &load->households[slot->household];
    out->client = client_named(load, "intake");
    out->message.submit = (struct submit_command){.household = bytes_of_string(household->id),
                                                  .kind = (int)KIND_DEMAND,
                                                  .category = BYTES("roads"),
                                                  .title = bytes_of_string(title_text),
                                                  .text = bytes_of_string(body_text)};
    out->request.type = &submit_command_type;
    out->request.person = bytes_of_string(household->cadre);
}

static void make_sign(struct load *load, struct slot *slot, struct sending *out)
{
    out->client =
        client_of(load, config_find_department_daemon(load->session->config, slot->lead->id));
    out->message.sign = (struct sign_command){
        .issue = slot->issue, .department = slot->lead->id, .generation = slot->generation};
    out->request.type = &sign_command_type;
    out->request.person = find_staff(&load->session->config->office, slot->lead->id);
    out->request.after = (struct position){load->router, slot->seq};
    out->request.wait_ms = LOOK_MS;
}

static void make_answer(struct load *load, struct slot *slot, struct sending *out)
{
    out->client =
        client_of(load, config_find_department_daemon(load->session->config, slot->lead->id));
    out->message.answer = (struct answer_command){.issue = slot->issue,
                                                  .department = slot->lead->id,
                                                  .outcome = (int)OUTCOME_SOLVED,
                                                  .words = bytes_of_string(answer_text),
                                                  .evidence = BYTES("现场照片四张，验收单一份"),
                                                  .generation = slot->generation};
    out->request.type = &answer_command_type;
    out->request.person = find_staff(&load->session->config->office, slot->lead->id);
    out->request.after = (struct position){load->router, slot->seq};
    out->request.wait_ms = LOOK_MS;
}

static void make_review(struct load *load, struct slot *slot, struct sending *out)
{
    out->client = client_named(load, "router");
    out->message.review =
        (struct review_command){.issue = slot->issue, .ok = true, .generation = slot->generation};
    out->request.type = &review_command_type;
    out->request.person = slot->lead->leader;
}

static void make_feedback(struct load *load, struct slot *slot, struct sending *out)
{
    out->client = client_named(load, "intake");
    out->message.feedback =
        (struct feedback_command){.issue = slot->issue,
                                  .mode = (int)CONTACT_MODE_VISIT,
                                  .words = BYTES("已入户告知修复情况，群众表示满意。"),
                                  .reaction = (int)REACTION_SATISFIED,
                                  .generation = slot->generation};
    out->request.type = &feedback_command_type;
    out->request.person = bytes_of_string(load->households[slot->household].cadre);
}

static void make_call(struct load *load, struct slot *slot, struct sending *out)
{
    out->client = client_named(load, "auditor");
    out->message.call = (struct callback_command){.issue = slot->issue,
                                                  .reached = YES_NO_YES,
                                                  .solved = YES_NO_YES,
                                                  .result = 5,
                                                  .section = 5,
                                                  .cadre = 5,
                                                  .generation = slot->generation};
    out->request.type = &callback_command_type;
    out->request.person = find_role(&load->session->config->office, ROLE_SUPERVISOR);
}

/* Each act: its message, and the step of the lifecycle that it must become. */
static const struct {
    void (*make)(struct load *load, struct slot *slot, struct sending *out);
    enum happening becomes;
} acts[ACT_COUNT] = {
    [ACT_SUBMIT] = {make_submit, HAPPENING_NONE},
    [ACT_SIGN] = {make_sign, HAPPENING_SIGN},
    [ACT_ANSWER] = {make_answer, HAPPENING_LEAD_SUBMIT},
    [ACT_REVIEW] = {make_review, HAPPENING_REVIEW_OK},
    [ACT_FEEDBACK] = {make_feedback, HAPPENING_FEEDBACK_DONE},
    [ACT_CALL] = {make_call, HAPPENING_CALLBACK_OK},
};

static enum status send_act(struct load *load, struct slot *slot, struct err *err)
{
    struct sending sending = {0};
    acts[slot->act].make(load, slot, &sending);
    sending.request.message = &sending.message;
    sending.request.request = rpc_make_id();
    sending.request.tag = (uint64_t)(slot - load->slots);
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
    *slot = (struct slot){.act = ACT_SUBMIT, .household = household};
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
    for (uint32_t i = 0; i < load->options->clients && load->submitted < load->options->issues;
         i++) {
        if (load->slots[i].is_idle && is_time(load)) {
            enum status st = begin_issue(load, &load->slots[i], err);
            if (st != STATUS_OK) {
                return st;
            }
        }
    }
    return STATUS_OK;
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
        event.happening != (int)acts[slot->act].becomes) {
        return st;
    }
    slot->seq = record->seq;
    slot->generation = record->generation;
    return go_on(load, slot, err);
}

static enum status take_stream(struct load *load, bool *ret_did, struct err *err)
{
    struct followed followed;
    enum status st = STATUS_OK;
    follower_receive(load->follower, session_mono(), 64, ret_did);
    while (st == STATUS_OK && follower_peek(load->follower, &followed) == STATUS_OK) {
        struct record record;
        if (followed.raw.len != 0) {
            st = record_decode(followed.raw, followed.seq, &record, err);
            if (st == STATUS_OK) {
                st = on_record(load, &record, err);
            }
        }
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
    if (reply->tag >= load->options->clients) {
        return STATUS_OK;
    }
    struct slot *slot = &load->slots[reply->tag];
    if (reply->status == REPLY_STATUS_BUSY) {
        return send_act(load, slot, err);
    }
    if (reply->status != REPLY_STATUS_OK) {
        return fail(err, STATUS_REFUSED, "act %d of the benchmark was refused: %.*s",
                    (int)slot->act, BYTES_FMT(reply->text));
    }
    return slot->act == ACT_SUBMIT && slot->issue == 0 ? on_submitted(load, slot, reply, err)
                                                       : STATUS_OK;
}

static enum status take_replies(struct load *load, bool *ret_did, struct err *err)
{
    for (uint32_t i = 0; i < load->session->config->daemon_count; i++) {
        struct reply_frame reply;
        enum status st = rpc_client_receive(load->clients[i], &reply, err);
        while (st == STATUS_OK) {
            *ret_did = true;
            st = on_reply(load, &reply, err);
            if (st == STATUS_OK) {
                st = rpc_client_receive(load->clients[i], &reply, err);
            }
        }
        if (st != STATUS_AGAIN) {
            return st;
        }
    }
    return STATUS_OK;
}

static enum status wait_some(struct load *load, struct err *err)
{
    struct transport *transports[CONFIG_DAEMONS_MAX + 1];
    uint32_t count = 0;
    for (uint32_t i = 0; i < load->session->config->daemon_count; i++) {
        transports[count++] = rpc_client_transport(load->clients[i]);
    }
    transports[count++] = follower_transport(load->follower);
    enum status st = transport_wait(transports, count, -1, load->options->rate == 0 ? 50 : 1, err);
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
        if (st == STATUS_OK && !did) {
            st = wait_some(load, err);
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

/* Whether every daemon has taken everything there is. */
static bool is_quiet(struct load *load)
{
    const struct config *config = load->session->config;
    struct daemon_status statuses[CONFIG_DAEMONS_MAX];
    if (call_status(load->session, 2000, statuses) != config->daemon_count) {
        return false;
    }
    for (uint32_t i = 0; i < config->daemon_count; i++) {
        struct list_cursor cursor = list_begin(&statuses[i].reply.links);
        struct link_part link;
        while (list_next_message(&cursor, &link_part_type, &link)) {
            for (uint32_t j = 0; j < config->daemon_count; j++) {
                if (bytes_equal(link.name, statuses[j].daemon->name) &&
                    link.cursor < statuses[j].reply.head) {
                    return false;
                }
            }
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
        enum status st = wait_some(load, err);
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
