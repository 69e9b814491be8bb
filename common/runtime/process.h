/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon as a process: options, files, sockets, signals, and the loop around daemon_turn().
 *
 *   lianhu-KIND --home DIR --name NAME --config DIR [--test-clock] [--log LEVEL]
 *   lianhu-KIND --home DIR --name NAME --rebuild=check|write
 *
 * It works in DIR/run (sockets NAME.rpc and NAME.journal), keeps its state in DIR/state/NAME, ends
 * at SIGTERM or SIGINT after the turn under way, and adopts DIR/state/config/HASH when told to by
 * adopt_config. Exit: 0 told to end; 64 usage; 70 a bug; 75 try again (a failed commit, a lock that
 * is held); 78 configuration or state that needs a person.
 */
#pragma once

#include "runtime/service.h"

int daemon_run(const struct service *service, int argc, char **argv);

/* The folders of an instance, by the paths of its options. */
struct process_paths {
    char state[4096];  /* DIR/state/NAME */
    char config[4096]; /* DIR/state/config */
    char run[4096];    /* DIR/run */
};
int rebuild_run(const struct service *service, const struct process_paths *paths, struct bytes name,
                bool is_write);
