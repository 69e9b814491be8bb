/* SPDX-License-Identifier: Apache-2.0 */
/* What people do in the benchmark: one message for each act of a lifecycle. */
#include "cli/bench_state.h"
#include "cli/call.h"

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

void bench_make_act(struct load *load, struct slot *slot, struct sending *out)
{
    acts[slot->act].make(load, slot, out);
}

enum happening bench_act_becomes(enum act act)
{
    return acts[act].becomes;
}
