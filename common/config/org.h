/* SPDX-License-Identifier: Apache-2.0 */
/* Reads org.yaml: the street's sections, communities, villages and people, and how they belong
 * together. */
#pragma once

#include "config/arena.h"
#include "config/yaml.h"
#include "domain/office.h"

#define ORG_PEOPLE_MAX 5000U
#define ORG_DEPARTMENTS_MAX 200U
#define ORG_COMMUNITIES_MAX 500U
#define ORG_VILLAGES_MAX 200U /* of one community */

/* Fills everything of `office` but its categories. Arrays come from `arena`, texts stay in
 * `document`; both must outlive the office. False when problems were added; the office is then
 * whole enough for other files to be checked against it. */
bool org_read(const struct yaml_document *document, struct arena *arena, struct office *office,
              struct problems *problems);
