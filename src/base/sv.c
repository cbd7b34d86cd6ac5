#include "base/sv.h"

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int sv_cmp(struct sv a, struct sv b) {
    size_t n = MIN(a.len, b.len);
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool sv_starts(struct sv text, struct sv prefix) {
    return text.len >= prefix.len && sv_eq(sv_make(text.ptr, prefix.len), prefix);
}

bool sv_ends(struct sv text, struct sv suffix) {
    return text.len >= suffix.len && sv_eq(sv_from(text, text.len - suffix.len), suffix);
}

bool sv_eq_nocase(struct sv a, struct sv b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

struct sv sv_from(struct sv text, size_t from) {
    if (from >= text.len) {
        return (struct sv){text.ptr ? text.ptr + text.len : NULL, 0};
    }
    return (struct sv){text.ptr + from, text.len - from};
}

struct sv sv_sub(struct sv text, size_t from, size_t len) {
    struct sv tail = sv_from(text, from);
    tail.len = MIN(tail.len, len);
    return tail;
}

struct sv sv_trim(struct sv text) {
    while (text.len && is_blank(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len && is_blank(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

ptrdiff_t sv_find_byte(struct sv text, char c) {
    const char *at = text.len ? memchr(text.ptr, c, text.len) : NULL;
    return at ? at - text.ptr : -1;
}

ptrdiff_t sv_find(struct sv text, struct sv needle) {
    if (!needle.len) {
        return 0;
    }
    const char *at = text.len ? memmem(text.ptr, text.len, needle.ptr, needle.len) : NULL;
    return at ? at - text.ptr : -1;
}

bool sv_split(struct sv *rest, char sep, struct sv *part) {
    if (!rest->ptr) {
        return false;
    }
    ptrdiff_t at = sv_find_byte(*rest, sep);
    if (at < 0) {
        *part = *rest;
        *rest = SV_NULL;
    } else {
        *part = sv_sub(*rest, 0, (size_t)at);
        *rest = sv_from(*rest, (size_t)at + 1);
    }
    return true;
}
