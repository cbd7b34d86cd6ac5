// The buffer as text, for --screen and tests.
#include "term/screen.h"

static const struct screen_cell *row_at(const struct screen *s, int y) {
    return &s->cells[(size_t)y * (size_t)s->w];
}

static void trim_line(struct str *out, size_t start) {
    while (out->len > start && out->ptr[out->len - 1] == ' ') {
        str_cut(out, out->len - 1);
    }
    str_add_byte(out, '\n');
}

void screen_dump(const struct screen *s, struct str *out) {
    for (int y = 0; y < s->h; y++) {
        const struct screen_cell *row = row_at(s, y);
        size_t start = out->len;
        for (int x = 0; x < s->w; x++) {
            str_add(out, row[x].utf8, row[x].len);
        }
        trim_line(out, start);
    }
}

static bool any_overlay(const struct screen *s) {
    size_t n = (size_t)s->w * (size_t)s->h;
    for (size_t i = 0; i < n; i++) {
        if (s->cells[i].over) {
            return true;
        }
    }
    return false;
}

void screen_dump_roles(const struct screen *s, struct str *out) {
    for (int y = 0; y < s->h; y++) {
        const struct screen_cell *row = row_at(s, y);
        for (int x = 0; x < s->w; x++) {
            str_add_byte(out, role_letter((enum role)row[x].role));
        }
        str_add_byte(out, '\n');
    }
    if (!any_overlay(s)) {
        return;
    }
    static const char digits[] = ".123456789abcdefghijklmnopqrstuv";
    str_add_cstr(out, "overlays\n");
    for (int y = 0; y < s->h; y++) {
        const struct screen_cell *row = row_at(s, y);
        for (int x = 0; x < s->w; x++) {
            str_add_byte(out, digits[row[x].over & 31U]);
        }
        str_add_byte(out, '\n');
    }
}
