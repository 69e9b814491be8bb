/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key that signs checkpoints (Ed25519). It lies in the daemon's state folder, made at its first
 * start: `ledger.key`, the seed as 64 hexadecimal digits and a line end, for its owner alone
 * (0600), and `ledger.pub`, the public key in the same form, for everybody who verifies.
 */
#pragma once

#include "base/bytes.h"
#include "base/status.h"

#include <stdint.h>

#define KEY_PUBLIC_BYTES 32U
#define KEY_SIGNATURE_BYTES 64U

struct signer;

/* Reads the key, or makes it. `dir` NULL: a fixed key, for an auditor in memory. INVALID: the files
 * are not what they should be; nothing is overwritten. The caller owns *ret_signer. */
enum status signer_open(const char *dir, struct signer **ret_signer, struct err *err) MUST_USE;
void signer_close(struct signer *signer);

/* KEY_PUBLIC_BYTES; lives as long as the signer. */
struct bytes signer_public(const struct signer *signer);
void signer_sign(const struct signer *signer, struct bytes text,
                 uint8_t ret_signature[KEY_SIGNATURE_BYTES]);
