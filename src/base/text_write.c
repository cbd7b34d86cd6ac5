#include "base/text_write.h"

#include "base/py_printable.h"
#include "base/utf8.h"

static const char hex_digits[] = "0123456789abcdef";

static void add_hex(struct str *out, char letter, uint32_t v, int n) {
    char text[10] = {'\\', letter};
    for (int i = 0; i < n; i++) {
        text[2 + i] = hex_digits[v >> (4 * (n - 1 - i)) & 15];
    }
    str_add(out, text, (size_t)n + 2);
}

static void add_short(struct str *out, char letter) {
    char text[2] = {'\\', letter};
    str_add(out, text, 2);
}

// What JSON does with an ASCII character: 0 = as it is, 'u' = \u00XX, else the letter behind the
// backslash.
static char json_escape(unsigned char c, enum json_style style) {
    static const char short_forms[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    if (c < 0x20) {
        return short_forms[c] ? short_forms[c] : 'u';
    }
    if (c == '"' || c == '\\' || (c == '/' && style == JSON_PANDAS)) {
        return (char)c;
    }
    return c == 0x7f && style == JSON_ASCII ? 'u' : '\0';
}

static void add_json_cp(struct str *out, uint32_t cp, enum json_style style) {
    if (style == JSON_UTF8) {
        str_add_cp(out, cp);
    } else if (cp < 0x10000) {
        add_hex(out, 'u', cp, 4);
    } else {
        add_hex(out, 'u', 0xd800 + ((cp - 0x10000) >> 10), 4);
        add_hex(out, 'u', 0xdc00 + ((cp - 0x10000) & 0x3ff), 4);
    }
}

void str_add_json(struct str *out, struct sv text, enum json_style style) {
    str_add_byte(out, '"');
    size_t plain = 0; // start of the run that needs nothing
    for (size_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        char how = c < 0x80 ? json_escape(c, style) : '\0';
        if (c < 0x80 && !how) {
            i++;
            continue;
        }
        str_add(out, text.ptr + plain, i - plain);
        if (c >= 0x80) {
            add_json_cp(out, utf8_next(text, &i), style);
        } else {
            i++;
            if (how == 'u') {
                add_hex(out, 'u', c, 4);
            } else {
                add_short(out, how);
            }
        }
        plain = i;
    }
    if (text.len > plain) {
        str_add(out, text.ptr + plain, text.len - plain);
    }
    str_add_byte(out, '"');
}

static void add_repr_cp(struct str *out, uint32_t cp) {
    if (py_printable(cp)) {
        str_add_cp(out, cp);
    } else if (cp < 0x100) {
        add_hex(out, 'x', cp, 2);
    } else if (cp < 0x10000) {
        add_hex(out, 'u', cp, 4);
    } else {
        add_hex(out, 'U', cp, 8);
    }
}

static void add_repr_ascii(struct str *out, unsigned char c) {
    static const char short_forms[32] = {['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r'};
    if (c < 0x20 && short_forms[c]) {
        add_short(out, short_forms[c]);
    } else if (c < 0x20 || c == 0x7f) {
        add_hex(out, 'x', c, 2);
    } else {
        add_short(out, (char)c);
    }
}

void str_add_pyrepr(struct str *out, struct sv text) {
    bool single = sv_find_byte(text, '\'') >= 0 && sv_find_byte(text, '"') < 0;
    char quote = single ? '"' : '\'';
    str_add_byte(out, quote);
    size_t plain = 0;
    for (size_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c < 0x7f && c != '\\' && c != (unsigned char)quote) {
            i++;
            continue;
        }
        str_add(out, text.ptr + plain, i - plain);
        if (c >= 0x80) {
            add_repr_cp(out, utf8_next(text, &i));
        } else {
            add_repr_ascii(out, c);
            i++;
        }
        plain = i;
    }
    if (text.len > plain) {
        str_add(out, text.ptr + plain, text.len - plain);
    }
    str_add_byte(out, quote);
}
