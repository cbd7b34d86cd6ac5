// link: derive
// Diffs and commit messages as untrusted text: the rules for lines, markup and messages end, stay
// inside the text and leave what stands in front of their output alone.
#include <stdlib.h>

#include "base/err.h"
#include "base/py_text.h"
#include "derive/markup.h"
#include "schema/commit_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Lines and their breaks cover the text.
static void check_lines(struct sv text) {
    struct sv rest = text, line;
    while (py_next_line(&rest, &line)) {
        BUG_ON(rest.len && rest.ptr < line.ptr + line.len);
        BUG_ON(sv_find_byte(line, '\n') >= 0 || sv_find_byte(line, '\r') >= 0);
        const struct sv stripped = py_strip(line);
        BUG_ON(stripped.len > line.len || !sv_eq(py_strip(stripped), stripped));
    }
    BUG_ON(rest.len);
}

// Every block and file that is opened is closed, but in what the diff itself says.
static void check_markup(struct sv diff) {
    struct str out = STR_INIT;
    str_add_cstr(&out, "in front");
    diff_markup(diff, &out);
    struct sv rest = sv_from(str_sv(&out), 8), line;
    int depth = 0;
    BUG_ON(!sv_starts(str_sv(&out), SV("in front")) || sv_ends(rest, SV("\n")));
    while (sv_split(&rest, '\n', &line)) {
        depth += sv_eq(line, SV("  <ADDED>")) || sv_eq(line, SV("  <REMOVED>"));
        depth -= sv_eq(line, SV("  </ADDED>")) || sv_eq(line, SV("  </REMOVED>"));
    }
    // Paths may spell tags as well: they only occur behind a header.
    BUG_ON(depth != 0 && sv_find(diff, SV("ED>")) < 0);
    str_done(&out);
}

static void check_message(struct sv message) {
    struct str out = STR_INIT;
    const struct sv bug = commit_bug_id(message);
    BUG_ON(bug.ptr && (bug.ptr < message.ptr || bug.ptr + bug.len > message.ptr + message.len));
    commit_clean_message(message, &out);
    BUG_ON(out.len > message.len || py_strip(str_sv(&out)).len != out.len);
    str_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct sv text = sv_make((const char *)data, size);
    check_lines(text);
    check_markup(text);
    check_message(text);
    BUG_ON(diff_n_files(text) < 0);
    return 0;
}
