/* SPDX-License-Identifier: Apache-2.0 */
/* Visits as intake's tests make them. Times are in the zone of the shipped street. */
#pragma once

#include "domain/words.h"
#include "intake_calls.h"

struct wall wall_at(const char *text);
void set_now(struct service_node *node, const char *text);
struct visit_log_command visit_of(const char *household);
enum status log_visit(struct service_node *node, const char *person,
                      const struct visit_log_command *command, uint64_t *ret_visit,
                      struct err *err);
uint64_t must_log(struct service_node *node, const char *person,
                  const struct visit_log_command *command);
void refuse(struct service_node *node, const char *person, const struct visit_log_command *command,
            enum status status, const char *field, const char *part);
void visit_at(struct service_node *node, const char *person, const char *household, const char *at,
              enum contact_mode mode);
uint32_t due_count(struct service_node *node, const char *person, const char *cadre,
                   const char *half);
uint32_t visit_count(struct service_node *node, const char *person, const char *cadre);
struct coverage_part coverage_of(struct service_node *node, enum coverage_scope scope,
                                 const char *id, const char *half);
void assert_coverage(struct service_node *node, enum coverage_scope scope, const char *id,
                     const char *half, uint32_t assigned, uint32_t visited);
struct visit_view show(struct service_node *node, const char *person, uint64_t visit);
void relink(struct service_node *node, const char *household, const char *cadre);
