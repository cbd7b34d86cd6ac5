#include "term/key.h"

#include <string.h>

#include "base/num.h"
#include "base/utf8.h"

enum { MAX_FUNCTION_KEY = 24 };

struct key_row {
    const char *name;
    enum key_kind kind;
    uint32_t cp;
};

// The first name of a kind is the one that key_format() writes.
static const struct key_row named[] = {
    {"Enter", K_ENTER, 0},
    {"Return", K_ENTER, 0},
    {"CR", K_ENTER, 0},
    {"Esc", K_ESC, 0},
    {"Escape", K_ESC, 0},
    {"Tab", K_TAB, 0},
    {"Backspace", K_BACKSPACE, 0},
    {"BS", K_BACKSPACE, 0},
    {"Del", K_DEL, 0},
    {"Delete", K_DEL, 0},
    {"Ins", K_INS, 0},
    {"Insert", K_INS, 0},
    {"Up", K_UP, 0},
    {"Down", K_DOWN, 0},
    {"Left", K_LEFT, 0},
    {"Right", K_RIGHT, 0},
    {"Home", K_HOME, 0},
    {"End", K_END, 0},
    {"PgUp", K_PGUP, 0},
    {"PageUp", K_PGUP, 0},
    {"PgDn", K_PGDN, 0},
    {"PageDown", K_PGDN, 0},
    {"Space", K_CHAR, ' '},
    {"Click", K_CLICK, 0},
    {"DoubleClick", K_DOUBLE_CLICK, 0},
    {"RightClick", K_RIGHT_CLICK, 0},
    {"MiddleClick", K_MIDDLE_CLICK, 0},
    {"Drag", K_DRAG, 0},
    {"Release", K_RELEASE, 0},
    {"WheelUp", K_WHEEL_UP, 0},
    {"WheelDown", K_WHEEL_DOWN, 0},
    {"WheelLeft", K_WHEEL_LEFT, 0},
    {"WheelRight", K_WHEEL_RIGHT, 0},
};

struct key_prefix {
    const char *text;
    bool ctrl, alt, shift;
};

static const struct key_prefix prefixes[] = {
    {"Ctrl-", .ctrl = true}, {"Control-", .ctrl = true}, {"C-", .ctrl = true},
    {"^", .ctrl = true},     {"Alt-", .alt = true},      {"Meta-", .alt = true},
    {"A-", .alt = true},     {"M-", .alt = true},        {"Shift-", .shift = true},
    {"S-", .shift = true},
};

struct key key_char(uint32_t cp) {
    return (struct key){.kind = K_CHAR, .cp = cp};
}

bool key_is_mouse(const struct key *key) {
    return key->kind >= K_CLICK && key->kind <= K_WHEEL_RIGHT;
}

uint64_t key_code(const struct key *key) {
    unsigned mods = (key->ctrl ? 1U : 0U) | (key->alt ? 2U : 0U) | (key->shift ? 4U : 0U);
    return (uint64_t)key->kind << 40 | (uint64_t)key->cp << 8 | mods;
}

bool key_eq(const struct key *a, const struct key *b) {
    return key_code(a) == key_code(b);
}

// Of the short forms only "C-" is a modifier: "c-x" in a keymap is three keys.
static bool has_prefix(struct sv name, struct sv prefix) {
    struct sv start = sv_sub(name, 0, prefix.len);
    return prefix.len > 2 ? sv_eq_nocase(start, prefix) : sv_eq(start, prefix);
}

// Takes one modifier off the front of `name`; a prefix alone ("^") is a key of its own.
static bool take_prefix(struct sv *name, struct key *key) {
    for (size_t i = 0; i < COUNTOF(prefixes); i++) {
        const struct key_prefix *p = &prefixes[i];
        struct sv text = sv_cstr(p->text);
        if (name->len > text.len && has_prefix(*name, text)) {
            key->ctrl |= p->ctrl;
            key->alt |= p->alt;
            key->shift |= p->shift;
            *name = sv_from(*name, text.len);
            return true;
        }
    }
    return false;
}

static bool find_named(struct sv name, struct key *key) {
    for (size_t i = 0; i < COUNTOF(named); i++) {
        if (sv_eq_nocase(name, sv_cstr(named[i].name))) {
            key->kind = named[i].kind;
            key->cp = named[i].cp;
            return true;
        }
    }
    int64_t number;
    if (name.len >= 2 && (name.ptr[0] == 'F' || name.ptr[0] == 'f') &&
        num_parse_i64(sv_from(name, 1), &number) && number >= 1 && number <= MAX_FUNCTION_KEY) {
        key->kind = K_F;
        key->cp = (uint32_t)number;
        return true;
    }
    return false;
}

static bool find_char(struct sv name, struct key *key) {
    size_t at = 0;
    if (!name.len) {
        return false;
    }
    uint32_t cp = utf8_next(name, &at);
    if (at != name.len || cp < 0x20 || cp == 0x7F || (cp == UTF8_BAD && name.len != 3)) {
        return false;
    }
    key->kind = K_CHAR;
    key->cp = cp;
    return true;
}

static void normalise_ctrl(struct key *key) {
    if (key->cp >= 'A' && key->cp <= 'Z') {
        key->cp += 'a' - 'A';
    }
    switch (key->cp) {
    case 'i':
        *key = (struct key){.kind = K_TAB, .alt = key->alt, .shift = key->shift};
        break;
    case 'm':
        *key = (struct key){.kind = K_ENTER, .alt = key->alt};
        break;
    case '[':
        *key = (struct key){.kind = K_ESC, .alt = key->alt};
        break;
    case '?':
        *key = (struct key){.kind = K_BACKSPACE, .alt = key->alt};
        break;
    case '/':
        key->cp = '_';
        break;
    case '@':
        key->cp = ' ';
        break;
    default:
        break;
    }
}

void key_normalise(struct key *key) {
    if (key->kind != K_CHAR) {
        return;
    }
    if (key->shift && key->cp >= 'a' && key->cp <= 'z') {
        key->cp -= 'a' - 'A';
    }
    key->shift = false;
    if (key->ctrl) {
        normalise_ctrl(key);
    }
}

bool key_parse(struct sv name, struct key *out, struct err *err) {
    struct key key = {0};
    struct sv rest = name;
    while (!find_char(rest, &key) && !find_named(rest, &key)) {
        if (!take_prefix(&rest, &key)) {
            return err_set(err, ERR_USAGE, "no key is called '%.*s'", SV_ARG(name));
        }
    }
    key_normalise(&key);
    *out = key;
    return true;
}

void key_format(const struct key *key, struct str *out) {
    if (key->ctrl) {
        str_add_cstr(out, "Ctrl-");
    }
    if (key->alt) {
        str_add_cstr(out, "Alt-");
    }
    if (key->shift) {
        str_add_cstr(out, "Shift-");
    }
    if (key->kind == K_F) {
        str_addf(out, "F%u", key->cp);
        return;
    }
    for (size_t i = 0; i < COUNTOF(named); i++) {
        if (named[i].kind == key->kind && named[i].cp == key->cp) {
            str_add_cstr(out, named[i].name);
            return;
        }
    }
    if (key->kind == K_CHAR) {
        bool letter = key->ctrl && key->cp >= 'a' && key->cp <= 'z';
        str_add_cp(out, letter ? key->cp - ('a' - 'A') : key->cp);
    }
}

// --- sequences --------------------------------------------------------------------------------

// "gg", "z[", "42G": so short (digits aside) that it cannot be a misspelled name.
static bool is_plain_word(struct sv word) {
    enum { MAX_PLAIN = 3 };
    size_t n = 0;
    for (size_t at = 0; at < word.len;) {
        uint32_t cp = utf8_next(word, &at);
        n += cp < '0' || cp > '9';
    }
    return n <= MAX_PLAIN;
}

// Appends the keys of one word; 0 on error.
static size_t parse_word(struct sv word, struct key *out, size_t cap, struct err *err) {
    struct key one;
    if (key_parse(word, &one, err)) {
        if (cap) {
            out[0] = one;
        }
        return 1;
    }
    if (!is_plain_word(word)) {
        return 0;
    }
    size_t n = 0;
    for (size_t at = 0; at < word.len; n++) {
        struct key key = key_char(utf8_next(word, &at));
        if (n < cap) {
            out[n] = key;
        }
    }
    err_clear(err);
    return n;
}

size_t key_parse_seq(struct sv text, struct key *out, size_t cap, struct err *err) {
    size_t n = 0;
    struct sv rest = sv_trim(text), word;
    if (!rest.len) {
        err_set(err, ERR_USAGE, "a key is missing");
        return 0;
    }
    while (sv_split(&rest, ' ', &word)) {
        if (!word.len) {
            continue;
        }
        size_t got = parse_word(word, out + MIN(n, cap), n < cap ? cap - n : 0, err);
        if (!got) {
            return 0;
        }
        n += got;
    }
    if (n > cap) {
        err_set(err, ERR_LIMIT, "'%.*s' is a sequence of %zu keys, at most %zu are possible",
                SV_ARG(text), n, cap);
        return 0;
    }
    return n;
}
