// link: term
// What a terminal may send, in pieces: no byte is lost, the decoder always gets on, and every key
// it makes has a name that reads back as the same key.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "term/key_decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok) {
    if (!ok) {
        abort();
    }
}

static void check_key(const struct key *key) {
    struct str name = STR_INIT;
    struct key again;
    check(key->kind != K_NONE && key->kind < K_RESIZE + 3);
    check(!key_is_mouse(key) || (key->x >= 0 && key->y >= 0));
    if (key->kind != K_UNKNOWN) {
        key_format(key, &name);
        check(name.len > 0);
        check(key_parse(str_sv(&name), &again, NULL));
        check(key_eq(&again, key));
    }
    str_done(&name);
}

static void drain(struct key_decoder *d, bool flush) {
    struct key key;
    size_t steps = d->buf.len + 1;
    while (key_decoder_next(d, flush, &key)) {
        check(steps-- > 0);
        check_key(&key);
    }
    check(!flush || !key_decoder_waits(d));
}

static void check_script(const uint8_t *data, size_t size) {
    struct key_script script;
    struct key key;
    struct sv directive;
    enum key_token token;
    size_t steps = size + 1;
    key_script_init(&script, "keys", sv_make((const char *)data, size));
    do {
        token = key_script_next(&script, &key, &directive, NULL);
        check(steps-- > 0);
    } while (token == KEY_SCRIPT_KEY || token == KEY_SCRIPT_DIRECTIVE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    struct key_decoder d;
    size_t piece = (data[0] & 15U) + 1;
    key_decoder_init(&d, data[0] & 16);
    d.ctrl_h_is_bs = data[0] & 32;
    key_decoder_learn(&d, SV("\033A"), (struct key){.kind = K_UP});
    for (size_t at = 1; at < size; at += piece) {
        key_decoder_feed(&d, data + at, size - at < piece ? size - at : piece);
        drain(&d, false);
    }
    drain(&d, true);
    key_decoder_done(&d);
    check_script(data + 1, size - 1);
    return 0;
}
