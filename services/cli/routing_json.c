/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/routing_json.h"

json_t *routing_path_json(const struct config *config, struct bytes category)
{
    const struct category *path[3];
    uint32_t count = office_category_path(&config->office, category, path);
    json_t *names = json_array();
    for (uint32_t i = 0; i < count; i++) {
        (void)json_array_append_new(names,
                                    json_stringn((const char *)path[i]->name.p, path[i]->name.len));
    }
    return names;
}

static json_t *word_json(struct bytes word)
{
    return word.len == 0 ? json_null() : json_stringn((const char *)word.p, word.len);
}

json_t *routing_decision_json(const struct config *config, const struct rule_decision *decision)
{
    json_t *assist = json_array();
    for (uint32_t i = 0; i < decision->assist_count; i++) {
        (void)json_array_append_new(assist, word_json(decision->assist[i]));
    }
    enum urgency urgency = decision->urgency == URGENCY_NONE ? URGENCY_GENERAL : decision->urgency;
    return json_pack("{s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "state",
                     state_word(decision->is_triage ? STATE_TRIAGE : STATE_DISPATCHED), "lead",
                     word_json(decision->lead), "leader", word_json(decision->leader), "assist",
                     assist, "urgency", urgency_word(urgency), "category",
                     word_json(decision->category), "category_path",
                     routing_path_json(config, decision->category), "rule",
                     word_json(decision->id));
}

bool routing_find_category(const struct config *config, struct bytes text, struct bytes *ret_code)
{
    const struct office *office = &config->office;
    const struct category *by_code = office_find_category(office, text);
    const struct category *by_name = NULL;
    uint32_t named = 0;
    for (uint32_t i = 0; i < office->category_count; i++) {
        const struct category *category = &office->categories[i];
        if (!bytes_equal(category->name, text)) {
            continue;
        }
        /* A name that a level repeats means the higher one. */
        named = by_name == NULL || category->level < by_name->level ? 1
                : category->level == by_name->level                 ? named + 1
                                                                    : named;
        by_name = by_name == NULL || category->level < by_name->level ? category : by_name;
    }
    const struct category *found = by_code != NULL ? by_code : by_name;
    if (found == NULL || (by_code == NULL && named != 1)) {
        return false;
    }
    *ret_code = found->code;
    return true;
}
