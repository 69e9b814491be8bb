/* SPDX-License-Identifier: Apache-2.0 */
#include "auditor/key.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_NAME "ledger.key"
#define PUBLIC_NAME "ledger.pub"
#define SEED_BYTES crypto_sign_SEEDBYTES
#define HEX_BYTES ((size_t)2 * SEED_BYTES)

_Static_assert(KEY_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "both are Ed25519's");
_Static_assert(KEY_SIGNATURE_BYTES == crypto_sign_BYTES, "both are Ed25519's");
_Static_assert(SEED_BYTES == KEY_PUBLIC_BYTES, "both files have one form");

struct signer {
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
};

struct key_file {
    const char *dir;
    const char *name;
    bool is_secret;
};

static enum status fail_io(const struct key_file *file, const char *what, struct err *err)
{
    return fail(err, STATUS_IO, "%s '%s/%s': %s", what, file->dir, file->name, strerror(errno));
}

static enum status check_owner(int fd, const struct key_file *file, struct err *err)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0) {
        return fail_io(file, "look at", err);
    }
    if (!S_ISREG(stat.st_mode)) {
        return fail(err, STATUS_INVALID, "'%s/%s' is not a file", file->dir, file->name);
    }
    if (file->is_secret && (stat.st_uid != geteuid() || (stat.st_mode & 077) != 0)) {
        return fail(err, STATUS_INVALID,
                    "'%s/%s' must belong to the daemon's user and be readable by nobody else "
                    "(mode 0600); if others may have read it, it can no longer be trusted",
                    file->dir, file->name);
    }
    return STATUS_OK;
}

static enum status parse_hex(const char *text, ssize_t len, const struct key_file *file,
                             uint8_t ret_bytes[SEED_BYTES], struct err *err)
{
    size_t count = 0;
    bool has_form =
        len == (ssize_t)HEX_BYTES + 1 && text[HEX_BYTES] == '\n' &&
        sodium_hex2bin(ret_bytes, SEED_BYTES, text, HEX_BYTES, NULL, &count, NULL) == 0 &&
        count == SEED_BYTES;
    return has_form ? STATUS_OK
                    : fail(err, STATUS_INVALID,
                           "'%s/%s' is not a key: it must be %zu hexadecimal digits and a line "
                           "end; put the right file back",
                           file->dir, file->name, HEX_BYTES);
}

/* NOT_FOUND: there is no such file. */
static enum status read_file(int dir_fd, const struct key_file *file, uint8_t ret_bytes[SEED_BYTES],
                             struct err *err)
{
    int fd = openat(dir_fd, file->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return errno == ENOENT
                   ? fail(err, STATUS_NOT_FOUND, "there is no '%s/%s'", file->dir, file->name)
                   : fail_io(file, "open", err);
    }
    char text[HEX_BYTES + 2];
    enum status st = check_owner(fd, file, err);
    if (st == STATUS_OK) {
        ssize_t len = read(fd, text, sizeof text);
        st = len < 0 ? fail_io(file, "read", err) : parse_hex(text, len, file, ret_bytes, err);
    }
    sodium_memzero(text, sizeof text);
    (void)close(fd);
    return st;
}

static bool write_whole(int fd, const char *text, size_t len)
{
    ssize_t written = write(fd, text, len);
    return written == (ssize_t)len && fsync(fd) == 0;
}

/* Under another name first, so that a file that is there is whole. */
static enum status write_file(int dir_fd, const struct key_file *file,
                              const uint8_t bytes[SEED_BYTES], struct err *err)
{
    char half[32];
    char text[HEX_BYTES + 2];
    (void)snprintf(half, sizeof half, "%s.new", file->name);
    (void)sodium_bin2hex(text, sizeof text, bytes, SEED_BYTES);
    text[HEX_BYTES] = '\n';
    int fd = openat(dir_fd, half, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                    file->is_secret ? 0600 : 0644);
    if (fd < 0) {
        sodium_memzero(text, sizeof text);
        return fail_io(file, "make", err);
    }
    bool is_written = write_whole(fd, text, HEX_BYTES + 1);
    sodium_memzero(text, sizeof text);
    (void)close(fd);
    if (!is_written || renameat(dir_fd, half, dir_fd, file->name) != 0 || fsync(dir_fd) != 0) {
        return fail_io(file, "write", err);
    }
    return STATUS_OK;
}

/* A key that was lost must not be replaced unseen: checkpoints would change hands. */
static enum status make_secret(int dir_fd, const struct key_file *secret, enum status public_found,
                               uint8_t ret_seed[SEED_BYTES], struct err *err)
{
    if (public_found != STATUS_NOT_FOUND) {
        return fail(err, STATUS_INVALID,
                    "'%s/" PUBLIC_NAME "' is there and '" SECRET_NAME "' is not: put the key back, "
                    "or remove '" PUBLIC_NAME "' to go on with a new key and tell whoever verifies",
                    secret->dir);
    }
    randombytes_buf(ret_seed, SEED_BYTES);
    return write_file(dir_fd, secret, ret_seed, err);
}

static enum status open_key(int dir_fd, const char *dir, struct signer *signer, struct err *err)
{
    const struct key_file secret = {dir, SECRET_NAME, true};
    const struct key_file public = {dir, PUBLIC_NAME, false};
    uint8_t seed[SEED_BYTES];
    uint8_t stored[KEY_PUBLIC_BYTES];
    enum status public_found = read_file(dir_fd, &public, stored, err);
    if (public_found != STATUS_OK && public_found != STATUS_NOT_FOUND) {
        return public_found;
    }
    enum status st = read_file(dir_fd, &secret, seed, err);
    if (st == STATUS_NOT_FOUND) {
        st = make_secret(dir_fd, &secret, public_found, seed, err);
    }
    if (st == STATUS_OK) {
        (void)crypto_sign_seed_keypair(signer->public_key, signer->secret_key, seed);
        sodium_memzero(seed, sizeof seed);
        if (public_found == STATUS_NOT_FOUND) {
            st = write_file(dir_fd, &public, signer->public_key, err);
        } else if (memcmp(stored, signer->public_key, KEY_PUBLIC_BYTES) != 0) {
            st = fail(err, STATUS_INVALID,
                      "'%s/" PUBLIC_NAME "' is not the public half of '" SECRET_NAME "'; put the "
                      "right pair back",
                      dir);
        }
    }
    return st;
}

enum status signer_open(const char *dir, struct signer **ret_signer, struct err *err)
{
    static const uint8_t fixed_seed[SEED_BYTES] = "lianhu ledger kept in memory";
    if (sodium_init() < 0) {
        return fail(err, STATUS_IO, "the cryptographic library cannot be started");
    }
    struct signer *signer = memory_new(1, sizeof *signer);
    (void)sodium_mlock(signer, sizeof *signer); /* where it is not allowed, it is not locked */
    enum status st = STATUS_OK;
    if (dir == NULL) {
        (void)crypto_sign_seed_keypair(signer->public_key, signer->secret_key, fixed_seed);
    } else {
        int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        st = dir_fd < 0 ? fail(err, STATUS_IO, "open '%s': %s", dir, strerror(errno))
                        : open_key(dir_fd, dir, signer, err);
        if (dir_fd >= 0) {
            (void)close(dir_fd);
        }
    }
    if (st != STATUS_OK) {
        signer_close(signer);
        return st;
    }
    *ret_signer = signer;
    return STATUS_OK;
}

void signer_close(struct signer *signer)
{
    if (signer != NULL) {
        (void)sodium_munlock(signer, sizeof *signer); /* which also wipes it */
        free(signer);
    }
}

struct bytes signer_public(const struct signer *signer)
{
    return bytes_of(signer->public_key, KEY_PUBLIC_BYTES);
}

void signer_sign(const struct signer *signer, struct bytes text,
                 uint8_t ret_signature[KEY_SIGNATURE_BYTES])
{
    (void)crypto_sign_detached(ret_signature, NULL, text.p, text.len, signer->secret_key);
}
