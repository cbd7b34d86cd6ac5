#include "vcs/git_text.h"

#include <errno.h>
#include <iconv.h>

#include "vcs/repo_int.h"

static bool is_utf8(const char *encoding) {
    return !encoding || sv_eq_nocase(sv_cstr(encoding), SV("utf-8")) ||
           sv_eq_nocase(sv_cstr(encoding), SV("utf8"));
}

// Converts what it can, skipping bytes that the encoding does not have.
static void convert(struct str *out, struct sv bytes, iconv_t how) {
    char *in = (char *)(size_t)bytes.ptr;
    size_t left = bytes.len;
    while (left) {
        char piece[1024], *to = piece;
        size_t room = sizeof piece;
        errno = 0;
        const size_t rc = iconv(how, &in, &left, &to, &room);
        str_add(out, piece, (size_t)(to - piece));
        if (rc == (size_t)-1 && errno != E2BIG) {
            str_add_cstr(out, "\xef\xbf\xbd");
            in++;
            left--;
        }
    }
}

void git_add_message(struct str *out, struct sv message, const char *encoding) {
    while (message.len && strchr(" \t\n\v\f\r", message.ptr[message.len - 1])) {
        message.len--;
    }
    iconv_t how = is_utf8(encoding) ? (iconv_t)-1 : iconv_open("UTF-8", encoding);
    if (how == (iconv_t)-1) {
        repo_add_utf8(out, message);
        return;
    }
    convert(out, message, how);
    iconv_close(how);
}
