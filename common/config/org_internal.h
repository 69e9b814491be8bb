/* SPDX-License-Identifier: Apache-2.0 */
/* Between org.c, which reads org.yaml key by key, and org_check.c, which holds together what it
 * says. */
#pragma once

#include "config/org.h"
#include "config/reader.h"

/* The office while it is being read. The i-th node is where the i-th item stands. */
struct org {
    struct reader reader;
    struct arena *arena;
    struct office *office;
    const struct yaml_node *root;

    struct person *people;
    struct department *departments;
    struct area *areas;
    const struct yaml_node **people_nodes;
    const struct yaml_node **department_nodes;
    const struct yaml_node **area_nodes;
};

/* Everything that no single key can say: ids that are there twice, references to nobody, offices
 * nobody holds. Gives people the sections they head and are in charge of. */
void org_check(struct org *org);
