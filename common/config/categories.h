/* SPDX-License-Identifier: Apache-2.0 */
/* Reads categories.yaml: the catalogue of matters in three levels. */
#pragma once

#include "config/arena.h"
#include "config/yaml.h"
#include "domain/office.h"

#define CATEGORIES_MAX 5000U

/* Fills the categories of `office`. The array comes from `arena`, texts stay in `document`; both
 * must outlive the office. False when problems were added. */
bool categories_read(const struct yaml_document *document, struct arena *arena,
                     struct office *office, struct problems *problems);
