/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict YAML document as a tree that knows where each node stands. Accepted: one document of
 * UTF-8, at most YAML_FILE_MAX_BYTES, YAML_DEPTH_MAX deep, of YAML_NODES_MAX entries. Refused, each
 * as a problem with its place: aliases and anchors, tags, second documents, duplicate keys, keys
 * that are not scalars, tabs in indentation. Scalars stay text; only the reader of a field decides
 * what it is (so `no`, `012` and `1e3` are never anything but text here).
 */
#pragma once

#include "base/bytes.h"
#include "config/problems.h"

#include <stdbool.h>
#include <stdint.h>

#define YAML_FILE_MAX_BYTES 4194304U
#define YAML_DEPTH_MAX 16U
#define YAML_NODES_MAX 1000000U

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    bool is_plain;           /* a scalar without quotes */
    uint32_t line;           /* from 1 */
    uint32_t column;         /* from 1 */
    struct bytes text;       /* scalar: its text, NUL-ended */
    struct yaml_node *items; /* list: the items; map: the values */
    struct yaml_node *keys;  /* map: the keys, in step with items; else NULL */
    uint32_t count;
};

struct yaml_document {
    char *file; /* as shown in problems */
    struct yaml_node root;
    void *memory; /* owns every node and text */
};

/* Reads and parses one file; `shown` is how problems name it. False, with at least one problem
 * added, when there is no tree to look at. Problems that leave a tree (a duplicate key, an anchor,
 * a tag) are added and the answer is true, so that the rest of the file is checked in the same run:
 * whether a file may be used is seen from problems->count. The caller owns *ret_document and closes
 * it with yaml_close(). */
bool yaml_open(const char *path, const char *shown, struct yaml_document **ret_document,
               struct problems *problems);

/* As yaml_open(), from bytes in memory. */
bool yaml_open_bytes(struct bytes text, const char *shown, struct yaml_document **ret_document,
                     struct problems *problems);

void yaml_close(struct yaml_document *document);

/* Appends the bytes of a file, unparsed, for those who need them twice. False, with a problem
 * added, when it can't be read; a file above YAML_FILE_MAX_BYTES is cut just behind it. */
bool yaml_read_file(const char *path, const char *shown, struct buf *text,
                    struct problems *problems);

/* The value of `key` in a map, or NULL. */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key);
