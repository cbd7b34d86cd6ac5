#include "base/csv_write.h"

#include <csv.h>

static bool needs_quotes(struct sv field, char sep) {
    for (size_t i = 0; i < field.len; i++) {
        char c = field.ptr[i];
        if (c == sep || c == '"' || c == '\n' || c == '\r') {
            return true;
        }
    }
    return false;
}

void str_add_csv(struct str *out, struct sv field, char sep) {
    if (!needs_quotes(field, sep)) {
        str_add(out, field.ptr, field.len);
        return;
    }
    size_t room = field.len * 2 + 2;
    out->len += csv_write2(str_reserve(out, room), room, field.ptr, field.len, '"');
    out->ptr[out->len] = '\0';
}

void str_add_tsv(struct str *out, struct sv field) {
    static const char escapes[128] = {['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r', ['\\'] = '\\'};
    size_t plain = 0;
    for (size_t i = 0; i < field.len; i++) {
        unsigned char c = (unsigned char)field.ptr[i];
        if (c < 128 && escapes[c]) {
            char text[2] = {'\\', escapes[c]};
            str_add(out, field.ptr + plain, i - plain);
            str_add(out, text, 2);
            plain = i + 1;
        }
    }
    if (field.len > plain) {
        str_add(out, field.ptr + plain, field.len - plain);
    }
}
