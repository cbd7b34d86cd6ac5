#include "term/key_decode.h"

#include <string.h>

#include "base/utf8.h"

enum { ESC = 0x1B, BEL = 0x07, CTRL_C = 0x03, DELETE = 0x7F };
enum { MAX_SEQ = 64, MAX_REPLY = 4096, MAX_PARAMS = 4, MAX_PARAM = 0x110000 };

// Each reader looks at the bytes from the beginning of a key. `used` 0: not complete yet.
struct got {
    struct key key;
    size_t used;
};

static struct got got_key(enum key_kind kind, size_t used) {
    return (struct got){{.kind = kind}, used};
}

static const struct got wait_for_more = {{0}, 0};

void key_decoder_init(struct key_decoder *d, bool utf8) {
    *d = (struct key_decoder){.utf8 = utf8};
}

void key_decoder_done(struct key_decoder *d) {
    array_foreach (seq, &d->seqs) {
        free((void *)(uintptr_t)seq->bytes.ptr);
    }
    array_done(&d->seqs);
    str_done(&d->buf);
}

void key_decoder_learn(struct key_decoder *d, struct sv bytes, struct key key) {
    if (bytes.len < 2 || bytes.ptr[0] != ESC) {
        return;
    }
    struct sv copy = sv_make(xstrndup(bytes.ptr, bytes.len), bytes.len);
    array_push(&d->seqs, (struct key_seq){copy, key});
}

void key_decoder_feed(struct key_decoder *d, const void *bytes, size_t len) {
    if (d->at == d->buf.len) {
        key_decoder_clear(d);
    }
    str_add(&d->buf, bytes, len);
}

bool key_decoder_waits(const struct key_decoder *d) {
    return d->at < d->buf.len;
}

void key_decoder_clear(struct key_decoder *d) {
    str_clear(&d->buf);
    d->at = 0;
}

static void set_mods(struct key *key, unsigned param) {
    unsigned bits = param ? param - 1 : 0;
    key->shift |= (bits & 1U) != 0;
    key->alt |= (bits & (2U | 8U)) != 0;
    key->ctrl |= (bits & 4U) != 0;
}

// --- plain bytes ------------------------------------------------------------------------------

static struct got read_control(const struct key_decoder *d, unsigned char c) {
    switch (c) {
    case '\t':
        return got_key(K_TAB, 1);
    case '\r':
        return got_key(K_ENTER, 1);
    case DELETE:
        return got_key(K_BACKSPACE, 1);
    case '\b':
        if (d->ctrl_h_is_bs) {
            return got_key(K_BACKSPACE, 1);
        }
        break;
    default:
        break;
    }
    struct got got = got_key(K_CHAR, 1);
    got.key.ctrl = true;
    if (c == 0) {
        got.key.cp = ' ';
    } else {
        got.key.cp = c + (c <= 26 ? 'a' - 1U : '@');
    }
    return got;
}

static size_t utf8_need(unsigned char lead) {
    if (lead < 0xC2 || lead > 0xF4) {
        return 1;
    }
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// A character or control byte; not Esc.
static struct got read_char(const struct key_decoder *d, struct sv in, bool flush) {
    unsigned char c = (unsigned char)in.ptr[0];
    if (c < 0x20 || c == DELETE) {
        return read_control(d, c);
    }
    if (c >= 0x80 && !d->utf8) {
        return got_key(K_UNKNOWN, 1);
    }
    size_t need = utf8_need(c), used = 0;
    uint32_t cp = utf8_next(in, &used);
    // A cut sequence at the end of what is there may become whole.
    if (used == in.len && used < need && !flush) {
        return wait_for_more;
    }
    if ((cp == UTF8_BAD && (used < 3 || c != 0xEF)) || (cp >= 0x80 && cp < 0xA0)) {
        return got_key(K_UNKNOWN, used);
    }
    return (struct got){key_char(cp), used};
}

// --- escape sequences -------------------------------------------------------------------------

// The letters that end CSI and SS3 sequences of cursor and function keys.
static bool letter_key(char final, struct key *key) {
    static const char letters[] = "ABCDHFPQRS";
    static const enum key_kind kinds[] = {K_UP,  K_DOWN, K_RIGHT, K_LEFT, K_HOME,
                                          K_END, K_F,    K_F,     K_F,    K_F};
    const char *at = final ? strchr(letters, final) : NULL;
    if (!at) {
        return false;
    }
    key->kind = kinds[at - letters];
    if (key->kind == K_F) {
        key->cp = (uint32_t)(final - 'P' + 1);
    }
    return true;
}

// The numbers of CSI n ~ sequences.
static struct key numbered_key(unsigned n) {
    static const enum key_kind low[] = {K_UNKNOWN, K_HOME, K_INS,  K_DEL, K_END,
                                        K_PGUP,    K_PGDN, K_HOME, K_END};
    static const uint8_t functions[] = {
        [11] = 1,  [12] = 2,  [13] = 3,  [14] = 4,  [15] = 5,  [17] = 6,  [18] = 7,
        [19] = 8,  [20] = 9,  [21] = 10, [23] = 11, [24] = 12, [25] = 13, [26] = 14,
        [28] = 15, [29] = 16, [31] = 17, [32] = 18, [33] = 19, [34] = 20};
    if (n < COUNTOF(low)) {
        return (struct key){.kind = low[n]};
    }
    if (n < COUNTOF(functions) && functions[n]) {
        return (struct key){.kind = K_F, .cp = functions[n]};
    }
    return (struct key){.kind = K_UNKNOWN};
}

// A key given by its code point (CSI u, modifyOtherKeys) and modifiers.
static struct key code_key(const struct key_decoder *d, unsigned cp, unsigned mods) {
    struct key key = {.kind = K_UNKNOWN};
    if (cp == ESC) {
        key.kind = K_ESC;
    } else if (cp == '\b') {
        key.kind = K_BACKSPACE;
    } else if (cp < 0x20 || cp == DELETE) {
        key = read_control(d, (unsigned char)cp).key;
    } else if ((cp >= 0xA0 || cp < DELETE) && cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xF8FF)) {
        key = key_char(cp);
    }
    set_mods(&key, mods);
    return key;
}

static struct key mouse_key(unsigned button, bool release) {
    static const enum key_kind presses[] = {K_CLICK, K_MIDDLE_CLICK, K_RIGHT_CLICK, K_RELEASE};
    static const enum key_kind wheel[] = {K_WHEEL_UP, K_WHEEL_DOWN, K_WHEEL_LEFT, K_WHEEL_RIGHT};
    struct key key = {.kind = K_UNKNOWN};
    unsigned which = button & 3U;
    if (button & 128U) {
        return key;
    }
    if (button & 64U) {
        key.kind = release ? K_UNKNOWN : wheel[which];
    } else if (button & 32U) {
        key.kind = which == 0 ? K_DRAG : K_UNKNOWN;
    } else if (release) {
        key.kind = which == 0 ? K_RELEASE : K_UNKNOWN;
    } else {
        key.kind = presses[which];
    }
    key.shift = (button & 4U) != 0;
    key.alt = (button & 8U) != 0;
    key.ctrl = (button & 16U) != 0;
    return key;
}

static struct got mouse_at(unsigned button, bool release, unsigned x, unsigned y, size_t used) {
    struct got got = {mouse_key(button, release), used};
    if (x < 1 || y < 1 || x > SCREEN_MAX_SIDE || y > SCREEN_MAX_SIDE) {
        return got_key(K_UNKNOWN, used);
    }
    got.key.x = (int)x - 1;
    got.key.y = (int)y - 1;
    return got;
}

// ESC [ M and three bytes, each 32 more than its value.
static struct got read_old_mouse(struct sv in) {
    if (in.len < 6) {
        return wait_for_more;
    }
    const unsigned char *b = (const unsigned char *)in.ptr + 3;
    if (b[0] < 32 || b[1] < 33 || b[2] < 33) {
        return got_key(K_UNKNOWN, 6);
    }
    return mouse_at(b[0] - 32U, false, b[1] - 32U, b[2] - 32U, 6);
}

struct csi {
    unsigned params[MAX_PARAMS];
    size_t n_params;
    char mark; // '<', '?', '>', '=' before the parameters, 0 = none
    char final;
};

static void read_params(struct sv text, struct csi *csi) {
    if (text.len && strchr("<?>=", text.ptr[0])) {
        csi->mark = text.ptr[0];
        text = sv_from(text, 1);
    }
    if (!text.len) {
        return;
    }
    csi->n_params = 1;
    for (size_t i = 0; i < text.len && csi->n_params <= MAX_PARAMS; i++) {
        unsigned *param = &csi->params[csi->n_params - 1];
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9') {
            *param = MIN(*param * 10 + (unsigned)(text.ptr[i] - '0'), (unsigned)MAX_PARAM);
        } else if (text.ptr[i] == ';') {
            csi->n_params++;
        }
    }
    csi->n_params = MIN(csi->n_params, (size_t)MAX_PARAMS);
}

// rxvt: the final byte says which modifiers were held.
static unsigned rxvt_mods(char final) {
    return final == '$' ? 2 : final == '^' ? 5 : final == '@' ? 6 : 1;
}

static struct key tilde_key(struct key_decoder *d, const struct csi *csi) {
    if (csi->params[0] == 200) {
        d->pasting = true;
        return (struct key){.kind = K_UNKNOWN};
    }
    if (csi->params[0] == 27 && csi->n_params >= 3) {
        return code_key(d, csi->params[2], csi->params[1]);
    }
    struct key key = numbered_key(csi->params[0]);
    set_mods(&key, csi->n_params >= 2 ? csi->params[1] : rxvt_mods(csi->final));
    return key;
}

static struct got csi_key(struct key_decoder *d, const struct csi *csi, size_t used) {
    struct got got = got_key(K_UNKNOWN, used);
    if (csi->mark == '<' && (csi->final == 'M' || csi->final == 'm')) {
        return mouse_at(csi->params[0], csi->final == 'm', csi->params[1], csi->params[2], used);
    }
    if (csi->mark) {
        return got; // an answer of the terminal
    }
    if (strchr("~^$@", csi->final)) {
        got.key = tilde_key(d, csi);
    } else if (csi->final == 'u') {
        got.key = code_key(d, csi->params[0], csi->params[1]);
    } else if (csi->final == 'Z') {
        got.key = (struct key){.kind = K_TAB, .shift = true};
    } else if (csi->final >= 'a' && csi->final <= 'd' && csi->n_params == 0) {
        (void)letter_key((char)(csi->final - 'a' + 'A'), &got.key);
        got.key.shift = true;
    } else if (letter_key(csi->final, &got.key)) {
        set_mods(&got.key, csi->n_params >= 2 ? csi->params[1] : 1);
    }
    return got;
}

// ESC [ parameters final. A byte that cannot stand there ends the sequence before it.
static struct got read_csi(struct key_decoder *d, struct sv in) {
    if (in.len > 2 && in.ptr[2] == 'M') {
        return read_old_mouse(in);
    }
    if (in.len > 2 && in.ptr[2] == '[') { // Linux console, F1 to F5
        if (in.len < 4) {
            return wait_for_more;
        }
        struct got got = got_key(K_UNKNOWN, 4);
        if (in.ptr[3] >= 'A' && in.ptr[3] <= 'E') {
            got.key = (struct key){.kind = K_F, .cp = (uint32_t)(in.ptr[3] - 'A' + 1)};
        }
        return got;
    }
    for (size_t i = 2; i < in.len; i++) {
        unsigned char c = (unsigned char)in.ptr[i];
        bool dollar_key = c == '$' && in.ptr[2] != '?'; // rxvt ends a key with it
        if ((c >= 0x40 && c <= 0x7E) || dollar_key) {
            struct csi csi = {.final = (char)c};
            read_params(sv_sub(in, 2, i - 2), &csi);
            return csi_key(d, &csi, i + 1);
        }
        if (c < 0x20 || c > 0x7E || i >= MAX_SEQ) {
            return got_key(K_UNKNOWN, i);
        }
    }
    return wait_for_more;
}

// ESC O [modifier] letter: application mode and keypad.
static struct got read_ss3(struct sv in) {
    static const char keypad[] = "jklmnopqrstuvwxyX";
    static const char keypad_chars[] = "*+,-./0123456789=";
    size_t at = 2;
    unsigned mods = 1;
    if (in.len > at && in.ptr[at] >= '1' && in.ptr[at] <= '9') {
        mods = (unsigned)(in.ptr[at++] - '0');
    }
    if (in.len <= at) {
        return wait_for_more;
    }
    char final = in.ptr[at];
    struct got got = got_key(K_UNKNOWN, at + 1);
    const char *pad = final ? strchr(keypad, final) : NULL;
    if (final == ESC) {
        got.used = at;
    } else if (final == 'M') {
        got.key.kind = K_ENTER;
    } else if (final >= 'a' && final <= 'd') {
        (void)letter_key((char)(final - 'a' + 'A'), &got.key);
        got.key.ctrl = true;
    } else if (pad) {
        got.key = key_char((unsigned char)keypad_chars[pad - keypad]);
    } else {
        (void)letter_key(final, &got.key);
    }
    set_mods(&got.key, mods);
    return got;
}

// An answer of the terminal (OSC, DCS): up to BEL or ESC \, not for us.
static struct got read_reply(struct sv in) {
    for (size_t i = 2; i < in.len; i++) {
        if (in.ptr[i] == BEL || i > MAX_REPLY) {
            return got_key(K_UNKNOWN, i + 1);
        }
        if (in.ptr[i] == ESC && i + 1 < in.len) {
            return got_key(K_UNKNOWN, in.ptr[i + 1] == '\\' ? i + 2 : i);
        }
    }
    return wait_for_more;
}

// The longest learned sequence at the beginning of `in`; wait when `in` begins one.
static bool read_learned(const struct key_decoder *d, struct sv in, struct got *got) {
    size_t best = 0;
    bool prefix = false;
    for (size_t i = 0; i < d->seqs.n; i++) {
        const struct key_seq *seq = &d->seqs.ptr[i];
        if (sv_starts(in, seq->bytes) && seq->bytes.len > best) {
            best = seq->bytes.len;
            *got = (struct got){seq->key, best};
        }
        prefix |= in.len < seq->bytes.len && sv_starts(seq->bytes, in);
    }
    if (best) {
        return true;
    }
    *got = wait_for_more;
    return prefix;
}

static struct got read_escape(struct key_decoder *d, struct sv in, bool flush);

// ESC before an ordinary key is Alt.
static struct got read_alt(struct key_decoder *d, struct sv in, bool flush) {
    struct sv rest = sv_from(in, 1);
    struct got got;
    if (rest.ptr[0] != ESC) {
        got = read_char(d, rest, flush);
    } else if (rest.len > 1 && (rest.ptr[1] == '[' || rest.ptr[1] == 'O')) {
        got = read_escape(d, rest, flush); // rxvt: Alt and a cursor key
    } else {
        return rest.len > 1 || flush ? got_key(K_ESC, 1) : wait_for_more;
    }
    if (got.used) {
        got.key.alt = true;
        got.used++;
    }
    return got;
}

static struct got read_escape(struct key_decoder *d, struct sv in, bool flush) {
    struct got got;
    if (in.len == 1) {
        return flush ? got_key(K_ESC, 1) : wait_for_more;
    }
    bool learned = read_learned(d, in, &got);
    if (learned && (got.used || !flush)) {
        return got;
    }
    switch (in.ptr[1]) {
    case '[':
        got = read_csi(d, in);
        break;
    case 'O':
        got = read_ss3(in);
        break;
    case ']':
    case 'P':
        got = read_reply(in);
        break;
    default:
        return read_alt(d, in, flush);
    }
    if (!got.used && flush) {
        // Typed by hand when it is just Alt and the letter, else a sequence cut short.
        got = in.len == 2 ? (struct got){key_char((unsigned char)in.ptr[1]), 2}
                          : got_key(K_UNKNOWN, in.len);
        got.key.alt = in.len == 2;
    }
    return got;
}

// --- paste ------------------------------------------------------------------------------------

// Inside a bracketed paste all is text but the end mark. Ctrl-C gets out when that never comes.
static struct got read_paste(struct key_decoder *d, struct sv in, bool flush) {
    struct sv end_mark = SV("\033[201~");
    struct got got;
    if (in.ptr[0] == ESC) {
        if (sv_starts(in, end_mark)) {
            d->pasting = false;
            return got_key(K_UNKNOWN, end_mark.len);
        }
        bool cut = in.len < end_mark.len && sv_starts(end_mark, in);
        return cut && !flush ? wait_for_more : got_key(K_UNKNOWN, 1);
    }
    if (in.ptr[0] == '\n') {
        got = got_key(K_ENTER, 1);
    } else {
        got = read_char(d, in, flush);
    }
    if (in.ptr[0] == CTRL_C) {
        d->pasting = false;
    } else if (got.key.ctrl || got.key.kind == K_BACKSPACE) {
        got.key = (struct key){.kind = K_UNKNOWN};
    }
    got.key.pasted = true;
    return got;
}

bool key_decoder_next(struct key_decoder *d, bool flush, struct key *key) {
    if (d->at >= d->buf.len) {
        return false;
    }
    struct sv in = sv_from(str_sv(&d->buf), d->at);
    struct got got;
    if (d->pasting) {
        got = read_paste(d, in, flush);
    } else if (in.ptr[0] == ESC) {
        got = read_escape(d, in, flush);
    } else {
        got = read_char(d, in, flush);
    }
    d->at += got.used;
    *key = got.key;
    key_normalise(key);
    return got.used != 0;
}
