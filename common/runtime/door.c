/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/door.h"

#include "base/memory.h"
#include "rpc/rpc.h"

#include <stdlib.h>

#define PROTOCOL 1U
#define RETRY_MS 500U

void request_list_add(struct request_list *list, struct request *request)
{
    request->next = NULL;
    if (list->first == NULL) {
        list->last = &list->first;
    }
    *list->last = request;
    list->last = &request->next;
    list->count++;
}

struct request *request_list_take(struct request_list *list)
{
    struct request *request = list->first;
    if (request != NULL) {
        list->first = request->next;
        list->count--;
    }
    return request;
}

void request_list_done(struct request_list *list)
{
    struct request *request;
    while ((request = request_list_take(list)) != NULL) {
        request_close(request);
    }
}

void request_close(struct request *request)
{
    if (request == NULL) {
        return;
    }
    config_close(request->config);
    buf_done(&request->outcome.problems);
    buf_done(&request->texts);
    free(request->message);
    free(request->bytes);
    free(request);
}

/* The description of what the payload must be, by the frame's type. */
static const struct message_type *find_payload(const struct node *node, struct request *request)
{
    uint32_t type = request->frame.type;
    request->command = node_find_command(node, type);
    if (request->command != NULL) {
        return request->command->type;
    }
    request->query = node_find_query(node, type);
    if (request->query != NULL) {
        return request->query->type;
    }
    request->is_status = type == MESSAGE_STATUS_QUERY;
    return request->is_status ? &status_query_type : NULL;
}

static enum status decode_payload(const struct node *node, struct request *request, struct err *err)
{
    if (request->frame.protocol != PROTOCOL) {
        return fail(err, STATUS_INVALID, "protocol %u is not spoken here, only %u",
                    request->frame.protocol, PROTOCOL);
    }
    const struct message_type *type = find_payload(node, request);
    if (type == NULL) {
        return fail(err, STATUS_INVALID, "'%s' does not take messages of type %u", node->name,
                    request->frame.type);
    }
    request->message = memory_new(1, type->size);
    enum status st = message_decode(type, request->frame.payload, request->message, err);
    if (st == STATUS_OK && request->command != NULL) {
        st = message_normalise(type, request->message, &request->texts, err);
    }
    return st;
}

enum status request_open(const struct node *node, const struct arrival *arrival, struct mono now,
                         struct request **ret_request, struct buf *reply, struct err *err)
{
    struct request *request = memory_new(1, sizeof *request);
    request->peer = arrival->peer;
    request->bytes = memory_new(arrival->message.len, 1);
    memcpy(request->bytes, arrival->message.p, arrival->message.len);

    enum status st = message_decode(
        &request_frame_type, bytes_of(request->bytes, arrival->message.len), &request->frame, err);
    if (st != STATUS_OK) {
        request_close(request);
        return st; /* nobody to answer: not one of our frames */
    }
    st = decode_payload(node, request, err);
    if (st != STATUS_OK) {
        reply_refusal(&request->frame, st, err, reply);
        request_close(request);
        return st;
    }
    request->deadline.us = now.us + (int64_t)request->frame.wait_ms * 1000;
    *ret_request = request;
    return STATUS_OK;
}

static void append_frame(struct reply_frame *frame, struct buf *out)
{
    frame->protocol = PROTOCOL;
    message_append(&reply_frame_type, frame, PART_ALL, out);
}

void reply_refusal(const struct request_frame *request, enum status status, const struct err *err,
                   struct buf *out)
{
    struct reply_frame frame = {
        .status = rpc_status_to_wire(status),
        .tag = request->tag,
        .text = bytes_of_string(err->text),
        .field = bytes_of_string(err->field),
        .retry_ms = status == STATUS_BUSY ? RETRY_MS : 0,
    };
    append_frame(&frame, out);
}

void reply_to_command(const struct node *node, const struct request *request, struct buf *out)
{
    const struct outcome *outcome = &request->outcome;
    struct buf payload = {0};
    struct reply_frame frame = {.status = rpc_status_to_wire(outcome->status),
                                .tag = request->frame.tag,
                                .is_late = request->is_late};
    if (outcome->status == STATUS_OK) {
        message_append(&change_reply_type, &outcome->change, PART_ALL, &payload);
        frame.type = MESSAGE_CHANGE_REPLY;
        frame.journal = node->journal.id;
        frame.seq = outcome->change.seq + outcome->change.count - 1;
    } else {
        frame.text = bytes_of_string(outcome->err.text);
        frame.field = bytes_of_string(outcome->err.field);
        if (outcome->problem_count != 0) {
            struct problems_reply problems = {
                .problems = {outcome->problems.p, outcome->problems.len, outcome->problem_count}};
            message_append(&problems_reply_type, &problems, PART_ALL, &payload);
            frame.type = MESSAGE_PROBLEMS_REPLY;
        }
    }
    frame.payload = buf_bytes(&payload);
    append_frame(&frame, out);
    buf_done(&payload);
}

void reply_to_query(const struct node *node, const struct request *request,
                    const struct message_type *type, const void *reply, struct buf *out)
{
    struct buf payload = {0};
    message_append(type, reply, PART_ALL, &payload);
    struct reply_frame frame = {.status = REPLY_STATUS_OK,
                                .tag = request->frame.tag,
                                .type = type->number,
                                .journal = node->journal.id,
                                .seq = node->durable.head,
                                .is_late = request->is_late,
                                .payload = buf_bytes(&payload)};
    append_frame(&frame, out);
    buf_done(&payload);
}
