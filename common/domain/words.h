/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The closed lists of words that people, programs, files and messages share, each with its Chinese
 * name. Values are written to disk and sent: lists only grow, at their end. Value 0 of every enum
 * is X_NONE, "absent", with the empty word.
 *
 * For each enum x: x_word() ("in_progress"), x_name() ("办理中") and x_parse(), which is INVALID
 * for anything that is not in the list, the empty word included, and then lists what is.
 */
#pragma once

#include "base/bytes.h"
#include "base/status.h"

/* State of an issue. */
#define STATE_LIST(X)                                                                              \
    X(DRAFT, draft, "草稿")                                                                        \
    X(SELF_HANDLING, self_handling, "自办")                                                        \
    X(ACCEPTED, accepted, "已受理")                                                                \
    X(TRIAGE, triage, "待梳理")                                                                    \
    X(NEED_INFO, need_info, "退回补充")                                                            \
    X(DISPATCHED, dispatched, "待签收")                                                            \
    X(IN_PROGRESS, in_progress, "办理中")                                                          \
    X(SUSPENDED, suspended, "挂起")                                                                \
    X(DISPUTE, dispute, "争议裁定")                                                                \
    X(REVIEW, review, "待审核")                                                                    \
    X(FEEDBACK, feedback, "待反馈")                                                                \
    X(CALLBACK, callback, "待回访")                                                                \
    X(CLOSED, closed, "办结")                                                                      \
    X(ARCHIVED, archived, "归档")                                                                  \
    X(REJECTED, rejected, "不予受理")                                                              \
    X(MERGED, merged, "并单")                                                                      \
    X(REFERRED, referred, "转出")                                                                  \
    X(WITHDRAWN, withdrawn, "撤回")

enum state {
    STATE_NONE,
#define X(name, word, zh) STATE_##name,
    STATE_LIST(X)
#undef X
        STATE_COUNT
};

/* State of one section's part of an issue. */
#define LEG_STATE_LIST(X)                                                                          \
    X(DISPATCHED, dispatched, "待签收")                                                            \
    X(IN_PROGRESS, in_progress, "办理中")                                                          \
    X(SUBMITTED, submitted, "已提交")                                                              \
    X(APPROVED, approved, "已认可")                                                                \
    X(RETURN_ASKED, return_asked, "退单申请中")                                                    \
    X(RETURNED, returned, "已退单")                                                                \
    X(SUSPENDED, suspended, "挂起")                                                                \
    X(REDO, redo, "退回重办")

enum leg_state {
    LEG_STATE_NONE,
#define X(name, word, zh) LEG_STATE_##name,
    LEG_STATE_LIST(X)
#undef X
        LEG_STATE_COUNT
};

/* What a section is in an issue; exactly one leads. */
#define LEG_ROLE_LIST(X)                                                                           \
    X(LEAD, lead, "主办")                                                                          \
    X(ASSIST, assist, "协办")

enum leg_role {
    LEG_ROLE_NONE,
#define X(name, word, zh) LEG_ROLE_##name,
    LEG_ROLE_LIST(X)
#undef X
        LEG_ROLE_COUNT
};

/* How an issue ended, or is proposed to end. */
#define OUTCOME_LIST(X)                                                                            \
    X(SOLVED, solved, "已解决")                                                                    \
    X(PARTLY, partly, "部分解决")                                                                  \
    X(EXPLAINED, explained, "已解释")                                                              \
    X(NOT_ACCEPTED, not_accepted, "不予受理")                                                      \
    X(WITHDRAWN, withdrawn, "已撤回")                                                              \
    X(MERGED, merged, "已并单")                                                                    \
    X(REFERRED, referred, "已转出")

enum outcome {
    OUTCOME_NONE,
#define X(name, word, zh) OUTCOME_##name,
    OUTCOME_LIST(X)
#undef X
        OUTCOME_COUNT
};

/* From the most urgent down: the order limits are compared in. */
#define URGENCY_LIST(X)                                                                            \
    X(EMERGENCY, emergency, "紧急")                                                                \
    X(UTILITY, utility, "水电气热")                                                                \
    X(GENERAL, general, "一般")                                                                    \
    X(COMPLEX, complex, "复杂疑难")

enum urgency {
    URGENCY_NONE,
#define X(name, word, zh) URGENCY_##name,
    URGENCY_LIST(X)
#undef X
        URGENCY_COUNT
};

/* What kind of matter was raised. */
#define KIND_LIST(X)                                                                               \
    X(ENQUIRY, enquiry, "咨询")                                                                    \
    X(OPINION, opinion, "意见建议")                                                                \
    X(DIFFICULTY, difficulty, "困难")                                                              \
    X(DEMAND, demand, "诉求")                                                                      \
    X(DISPUTE, dispute, "矛盾纠纷")

enum kind {
    KIND_NONE,
#define X(name, word, zh) KIND_##name,
    KIND_LIST(X)
#undef X
        KIND_COUNT
};

/* A stage has one clock, T1 to T11 in this order. */
#define STAGE_LIST(X)                                                                              \
    X(TRIAGE, triage, "梳理交办")                                                                  \
    X(INFO, info, "补充信息")                                                                      \
    X(SIGN, sign, "签收")                                                                          \
    X(FIRST_CONTACT, first_contact, "首次联系")                                                    \
    X(HANDLE, handle, "办理")                                                                      \
    X(SUSPEND, suspend, "挂起")                                                                    \
    X(RULING, ruling, "裁定")                                                                      \
    X(REVIEW, review, "审核")                                                                      \
    X(FEEDBACK, feedback, "反馈")                                                                  \
    X(CALLBACK, callback, "回访")                                                                  \
    X(REOPEN, reopen, "重启期")

enum stage {
    STAGE_NONE,
#define X(name, word, zh) STAGE_##name,
    STAGE_LIST(X)
#undef X
        STAGE_COUNT
};

/* Where an issue came from. */
#define SOURCE_LIST(X)                                                                             \
    X(CADRE, cadre, "联户干部反映")                                                                \
    X(HOUSEHOLD, household, "群众直接反映")                                                        \
    X(VISIT, visit, "走访收集")                                                                    \
    X(IMPORT, import, "批量导入")

enum source {
    SOURCE_NONE,
#define X(name, word, zh) SOURCE_##name,
    SOURCE_LIST(X)
#undef X
        SOURCE_COUNT
};

/* How a household was reached. */
#define CONTACT_MODE_LIST(X)                                                                       \
    X(VISIT, visit, "上门走访")                                                                    \
    X(STAY, stay, "蹲点调研")                                                                      \
    X(PHONE, phone, "电话联系")                                                                    \
    X(OTHER, other, "其他方式")

enum contact_mode {
    CONTACT_MODE_NONE,
#define X(name, word, zh) CONTACT_MODE_##name,
    CONTACT_MODE_LIST(X)
#undef X
        CONTACT_MODE_COUNT
};

/* The twelve things a visit looks after: three to understand, four to grasp, five to see done. */
#define VISIT_ITEM_LIST(X)                                                                         \
    X(FAMILY, family, "了解家庭成员")                                                              \
    X(LIVING, living, "了解生活状况")                                                              \
    X(PRODUCTION, production, "了解生产情况")                                                      \
    X(MIND, mind, "掌握思想状况")                                                                  \
    X(HARDSHIP, hardship, "掌握家庭困难")                                                          \
    X(EMPLOYMENT, employment, "掌握就业情况")                                                      \
    X(WISHES, wishes, "掌握诉求愿望")                                                              \
    X(POLICY, policy, "宣讲政策到位")                                                              \
    X(OPINIONS, opinions, "民意收集到位")                                                          \
    X(ANSWERS, answers, "咨询答复到位")                                                            \
    X(SOLVING, solving, "诉求解决到位")                                                            \
    X(WARMTH, warmth, "感情传递到位")

enum visit_item {
    VISIT_ITEM_NONE,
#define X(name, word, zh) VISIT_ITEM_##name,
    VISIT_ITEM_LIST(X)
#undef X
        VISIT_ITEM_COUNT
};

/* How the cadre came; an official car is not to be used. */
#define TRAVEL_LIST(X)                                                                             \
    X(BUS, bus, "公交车")                                                                          \
    X(BICYCLE, bicycle, "自行车")                                                                  \
    X(WALK, walk, "步行")                                                                          \
    X(PRIVATE, private, "私家车")                                                                  \
    X(OFFICIAL, official, "公车")                                                                  \
    X(OTHER, other, "其他")

enum travel {
    TRAVEL_NONE,
#define X(name, word, zh) TRAVEL_##name,
    TRAVEL_LIST(X)
#undef X
        TRAVEL_COUNT
};

/* What visits are counted by. */
#define COVERAGE_SCOPE_LIST(X)                                                                     \
    X(CADRE, cadre, "联户干部")                                                                    \
    X(COMMUNITY, community, "社区")                                                                \
    X(VILLAGE, village, "村")

enum coverage_scope {
    COVERAGE_SCOPE_NONE,
#define X(name, word, zh) COVERAGE_SCOPE_##name,
    COVERAGE_SCOPE_LIST(X)
#undef X
        COVERAGE_SCOPE_COUNT
};

/* What the household said to the feedback. */
#define REACTION_LIST(X)                                                                           \
    X(SATISFIED, satisfied, "满意")                                                                \
    X(NEUTRAL, neutral, "基本满意")                                                                \
    X(UNSATISFIED, unsatisfied, "不满意")

enum reaction {
    REACTION_NONE,
#define X(name, word, zh) REACTION_##name,
    REACTION_LIST(X)
#undef X
        REACTION_COUNT
};

/* Who is told; the owner of the timer finds the persons. */
#define RECIPIENT_LIST(X)                                                                          \
    X(HANDLER, handler, "经办人")                                                                  \
    X(SECTION_HEAD, section_head, "科室负责人")                                                    \
    X(LEADER, leader, "分管领导")                                                                  \
    X(OFFICE_HEAD, office_head, "党政办主任")                                                      \
    X(SUPERVISOR, supervisor, "督查员")                                                            \
    X(FIRST_RESPONSIBLE, first_responsible, "第一责任人")                                          \
    X(CADRE, cadre, "联户干部")                                                                    \
    X(COMMUNITY_SECRETARY, community_secretary, "社区书记")                                        \
    X(ISSUER, issuer, "督办人")

enum recipient {
    RECIPIENT_NONE,
#define X(name, word, zh) RECIPIENT_##name,
    RECIPIENT_LIST(X)
#undef X
        RECIPIENT_COUNT
};

/* What an issue may wait for while it is suspended. */
#define WAIT_GROUND_LIST(X)                                                                        \
    X(HOUSEHOLD, household, "等待群众")                                                            \
    X(DECISION, decision, "等待裁决或上级决定")                                                    \
    X(SEASON, season, "等待季节或施工期")                                                          \
    X(FORCE_MAJEURE, force_majeure, "不可抗力")

enum wait_ground {
    WAIT_GROUND_NONE,
#define X(name, word, zh) WAIT_GROUND_##name,
    WAIT_GROUND_LIST(X)
#undef X
        WAIT_GROUND_COUNT
};

/* What somebody owes, as an agenda lists it. */
#define DUTY_KIND_LIST(X)                                                                          \
    X(SIGN, sign, "签收")                                                                          \
    X(TRIAGE, triage, "梳理交办")                                                                  \
    X(INFO, info, "补充信息")                                                                      \
    X(FIRST_CONTACT, first_contact, "首次联系")                                                    \
    X(HANDLE, handle, "办理")                                                                      \
    X(SUSPENSION, suspension, "挂起审批")                                                          \
    X(REVIEW, review, "审核")                                                                      \
    X(FEEDBACK, feedback, "反馈")                                                                  \
    X(CALLBACK, callback, "回访")                                                                  \
    X(UNSATISFIED, unsatisfied, "不满意裁定")                                                      \
    X(SUPERVISION, supervision, "督办")                                                            \
    X(VISIT, visit, "走访")                                                                        \
    X(PROMISE, promise, "承诺")                                                                    \
    X(CARD, card, "亲情卡")                                                                        \
    X(COVERAGE, coverage, "配备联户干部")

enum duty_kind {
    DUTY_KIND_NONE,
#define X(name, word, zh) DUTY_KIND_##name,
    DUTY_KIND_LIST(X)
#undef X
        DUTY_KIND_COUNT
};

/* What can happen to an issue; the value is the number of the row in domain/lifecycle.h. */
#define HAPPENING_LIST(X)                                                                          \
    X(SUBMIT, submit, "上报")                                                                      \
    X(SELF_HANDLE, self_handle, "自行办理")                                                        \
    X(SELF_DONE, self_done, "自办完成")                                                            \
    X(SELF_GIVE_UP, self_give_up, "转交办理")                                                      \
    X(HOUSEHOLD_DIRECT, household_direct, "群众直报")                                              \
    X(ASK_INFO, ask_info, "要求补充")                                                              \
    X(GIVE_INFO, give_info, "补充信息")                                                            \
    X(REJECT, reject, "不予受理")                                                                  \
    X(MERGE, merge, "并单")                                                                        \
    X(REFER, refer, "转出")                                                                        \
    X(DISPATCH, dispatch, "交办")                                                                  \
    X(SIGN, sign, "签收")                                                                          \
    X(REQUEST_RETURN, request_return, "申请退单")                                                  \
    X(RETURN_OK, return_ok, "同意退单")                                                            \
    X(RETURN_NO, return_no, "不同意退单")                                                          \
    X(DISPUTE, dispute, "争议上交")                                                                \
    X(ADD_ASSIST, add_assist, "增加协办")                                                          \
    X(CHANGE_LEAD, change_lead, "变更主办")                                                        \
    X(FIRST_CONTACT, first_contact, "首次联系")                                                    \
    X(PROGRESS, progress, "办理进展")                                                              \
    X(REQUEST_EXTENSION, request_extension, "申请延期")                                            \
    X(REQUEST_SUSPENSION, request_suspension, "申请挂起")                                          \
    X(RESUME, resume, "恢复办理")                                                                  \
    X(ASSIST_SUBMIT, assist_submit, "协办提交")                                                    \
    X(LEAD_SUBMIT, lead_submit, "主办提交")                                                        \
    X(PROPOSE_UNRESOLVABLE, propose_unresolvable, "提出确实不能解决")                              \
    X(REVIEW_NO, review_no, "审核退回")                                                            \
    X(REVIEW_OK, review_ok, "审核通过")                                                            \
    X(FEEDBACK_DONE, feedback_done, "反馈群众")                                                    \
    X(FEEDBACK_LATE, feedback_late, "反馈超时")                                                    \
    X(CALLBACK_OK, callback_ok, "回访认可")                                                        \
    X(CALLBACK_UNSATISFIED, callback_unsatisfied, "回访不满意")                                    \
    X(CALLBACK_UNSATISFIED_FINAL, callback_unsatisfied_final, "不满意办结")                        \
    X(CALLBACK_UNREACHED, callback_unreached, "未联系上")                                          \
    X(REOPEN, reopen, "重启")                                                                      \
    X(NEW_LINKED, new_linked, "关联新单")                                                          \
    X(ARCHIVE, archive, "归档")                                                                    \
    X(SUPERVISE, supervise, "督办")                                                                \
    X(URGE, urge, "催办")                                                                          \
    X(WITHDRAW, withdraw, "撤回")                                                                  \
    X(CORRECT, correct, "更正")                                                                    \
    X(SUSPENSION_OK, suspension_ok, "同意挂起")                                                    \
    X(SUSPENSION_NO, suspension_no, "不同意挂起")

enum happening {
    HAPPENING_NONE,
#define X(name, word, zh) HAPPENING_##name,
    HAPPENING_LIST(X)
#undef X
        HAPPENING_COUNT
};

/* Every enum above: its name, its prefix, and what it is called in sentences. */
#define WORDS_LIST(X)                                                                              \
    X(state, STATE, "state")                                                                       \
    X(leg_state, LEG_STATE, "leg state")                                                           \
    X(leg_role, LEG_ROLE, "leg role")                                                              \
    X(outcome, OUTCOME, "outcome")                                                                 \
    X(urgency, URGENCY, "urgency")                                                                 \
    X(kind, KIND, "kind")                                                                          \
    X(stage, STAGE, "stage")                                                                       \
    X(source, SOURCE, "source")                                                                    \
    X(contact_mode, CONTACT_MODE, "contact mode")                                                  \
    X(visit_item, VISIT_ITEM, "item of a visit")                                                   \
    X(travel, TRAVEL, "means of transport")                                                        \
    X(coverage_scope, COVERAGE_SCOPE, "scope of the coverage")                                     \
    X(reaction, REACTION, "reaction")                                                              \
    X(recipient, RECIPIENT, "recipient")                                                           \
    X(happening, HAPPENING, "event")                                                               \
    X(wait_ground, WAIT_GROUND, "ground for waiting")                                              \
    X(duty_kind, DUTY_KIND, "kind of duty")

#define X(type, prefix, called)                                                                    \
    const char *type##_word(enum type value);                                                      \
    const char *type##_name(enum type value);                                                      \
    enum status type##_parse(struct bytes text, enum type *ret_value, struct err *err) MUST_USE;
WORDS_LIST(X)
#undef X
