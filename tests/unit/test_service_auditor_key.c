/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "auditor/key.h"
#include "folder.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_TEXT_BYTES 65

struct place {
    char dir[FOLDER_PATH_BYTES];
    char secret[FOLDER_PATH_BYTES + 16];
    char public[FOLDER_PATH_BYTES + 16];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    folder_make(place->dir);
    (void)snprintf(place->secret, sizeof place->secret, "%s/ledger.key", place->dir);
    (void)snprintf(place->public, sizeof place->public, "%s/ledger.pub", place->dir);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    folder_remove(place->dir);
    free(place);
    return 0;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static void read_file(const char *path, char text[KEY_TEXT_BYTES + 1])
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t len = read(fd, text, KEY_TEXT_BYTES);
    assert_int_equal(len, KEY_TEXT_BYTES);
    text[KEY_TEXT_BYTES] = '\0';
    assert_int_equal(close(fd), 0);
}

/* Opens once, so that the files are there. */
static void make_key(const struct place *place)
{
    struct err err = {0};
    struct signer *signer = NULL;
    assert_ok(signer_open(place->dir, &signer, &err));
    signer_close(signer);
}

/* The folder is refused with a sentence that has `words`, and left as it is. */
static void assert_refused(const struct place *place, const char *words)
{
    struct err err = {0};
    struct signer *signer = NULL;
    assert_status(signer_open(place->dir, &signer, &err), STATUS_INVALID);
    assert_null(signer);
    assert_non_null(strstr(err.text, words));
}

static void the_first_start_makes_a_key_that_only_its_owner_reads(void **state)
{
    const struct place *place = *state;
    struct stat stat_secret;
    struct stat stat_public;

    make_key(place);

    assert_int_equal(stat(place->secret, &stat_secret), 0);
    assert_int_equal(stat(place->public, &stat_public), 0);
    assert_int_equal(stat_secret.st_mode & 07777, 0600);
    assert_int_equal(stat_secret.st_size, KEY_TEXT_BYTES);
    assert_int_equal(stat_public.st_size, KEY_TEXT_BYTES);
}

static void later_starts_keep_the_key(void **state)
{
    const struct place *place = *state;
    uint8_t signatures[2][KEY_SIGNATURE_BYTES];
    for (int i = 0; i < 2; i++) {
        struct err err = {0};
        struct signer *signer = NULL;
        char text[KEY_TEXT_BYTES + 1];
        char hex[KEY_TEXT_BYTES];
        assert_ok(signer_open(place->dir, &signer, &err));
        read_file(place->public, text);
        (void)sodium_bin2hex(hex, sizeof hex, signer_public(signer).p, KEY_PUBLIC_BYTES);
        assert_memory_equal(text, hex, KEY_TEXT_BYTES - 1);
        signer_sign(signer, BYTES("a head"), signatures[i]);
        assert_int_equal(crypto_sign_verify_detached(signatures[i], (const uint8_t *)"a head", 6,
                                                     signer_public(signer).p),
                         0);
        signer_close(signer);
    }
    assert_memory_equal(signatures[0], signatures[1], KEY_SIGNATURE_BYTES);
}

static void two_folders_have_two_keys(void **state)
{
    struct place *places[2] = {*state, NULL};
    char texts[2][KEY_TEXT_BYTES + 1];
    assert_int_equal(make_place((void **)&places[1]), 0);
    for (int i = 0; i < 2; i++) {
        make_key(places[i]);
        read_file(places[i]->secret, texts[i]);
    }
    assert_string_not_equal(texts[0], texts[1]);
    assert_int_equal(remove_place((void **)&places[1]), 0);
}

static void a_lost_public_key_is_written_again(void **state)
{
    const struct place *place = *state;
    char before[KEY_TEXT_BYTES + 1];
    char after[KEY_TEXT_BYTES + 1];
    make_key(place);
    read_file(place->public, before);
    assert_int_equal(unlink(place->public), 0);

    make_key(place);

    read_file(place->public, after);
    assert_string_equal(before, after);
}

static void a_lost_key_is_not_replaced_unseen(void **state)
{
    const struct place *place = *state;
    make_key(place);
    assert_int_equal(unlink(place->secret), 0);

    assert_refused(place, "put the key back");

    assert_int_equal(access(place->secret, F_OK), -1);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
    const struct place *place = *state;
    static const mode_t modes[] = {0640, 0604, 0620, 0601};
    make_key(place);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(place->secret, modes[i]), 0);
        assert_refused(place, "readable by nobody else");
    }
}

static void a_file_that_is_no_key_is_refused_and_kept(void **state)
{
    const struct place *place = *state;
    static const char *const texts[] = {
        "",
        "\n",
        "0123",
        "zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n\n",
    };
    make_key(place);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct stat stat_secret;
        write_file(place->secret, texts[i], 0600);
        assert_refused(place, "is not a key");
        assert_int_equal(stat(place->secret, &stat_secret), 0);
        assert_int_equal(stat_secret.st_size, strlen(texts[i]));
    }
}

static void halves_of_two_pairs_are_refused(void **state)
{
    const struct place *place = *state;
    char secret[KEY_TEXT_BYTES + 1];
    char public[KEY_TEXT_BYTES + 1];
    make_key(place);
    read_file(place->secret, secret);
    read_file(place->public, public);
    write_file(place->secret, public, 0600);
    write_file(place->public, secret, 0644);

    assert_refused(place, "is not the public half");
}

static void a_link_in_place_of_the_key_is_refused(void **state)
{
    const struct place *place = *state;
    char elsewhere[FOLDER_PATH_BYTES + 16];
    struct err err = {0};
    struct signer *signer = NULL;
    make_key(place);
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", place->dir);
    assert_int_equal(rename(place->secret, elsewhere), 0);
    assert_int_equal(symlink(elsewhere, place->secret), 0);

    assert_status(signer_open(place->dir, &signer, &err), STATUS_IO);

    assert_null(signer);
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    struct signer *signer = NULL;
    assert_status(signer_open("/nowhere/at/all", &signer, &err), STATUS_IO);
    assert_null(signer);
}

static void in_memory_the_key_is_always_the_same(void **state)
{
    (void)state;
    struct err err = {0};
    struct signer *signers[2] = {NULL, NULL};
    assert_ok(signer_open(NULL, &signers[0], &err));
    assert_ok(signer_open(NULL, &signers[1], &err));
    assert_true(bytes_equal(signer_public(signers[0]), signer_public(signers[1])));
    signer_close(signers[0]);
    signer_close(signers[1]);
    signer_close(NULL);
}

#define test(function) cmocka_unit_test_setup_teardown(function, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_first_start_makes_a_key_that_only_its_owner_reads),
        test(later_starts_keep_the_key),
        test(two_folders_have_two_keys),
        test(a_lost_public_key_is_written_again),
        test(a_lost_key_is_not_replaced_unseen),
        test(a_key_that_others_may_read_is_refused),
        test(a_file_that_is_no_key_is_refused_and_kept),
        test(halves_of_two_pairs_are_refused),
        test(a_link_in_place_of_the_key_is_refused),
        cmocka_unit_test(a_folder_that_is_not_there_is_refused),
        cmocka_unit_test(in_memory_the_key_is_always_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
