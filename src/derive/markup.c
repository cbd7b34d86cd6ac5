#include "derive/markup.h"

#include "base/py_text.h"

enum block { BLOCK_NONE, BLOCK_ADDED, BLOCK_REMOVED };

struct markup {
    struct str *out;
    bool has_file, renamed, binary;
    struct sv rename_from, rename_to;
    enum block block;
    // The open block is written as it grows. Without a file it belongs to the next one, whose
    // header goes in front of it: here.
    size_t block_at;
};

static const char *const open_tags[] = {"", "  <ADDED>\n", "  <REMOVED>\n"};
static const char *const close_tags[] = {"", "  </ADDED>\n", "  </REMOVED>\n"};

static void flush_block(struct markup *m) {
    str_add_cstr(m->out, close_tags[m->block]);
    m->block = BLOCK_NONE;
}

static void flush_file(struct markup *m) {
    if (m->has_file) {
        flush_block(m);
        if (m->renamed && m->rename_from.len && m->rename_to.len) {
            str_add_cstr(m->out, "  File renamed from ");
            str_add_sv(m->out, m->rename_from);
            str_add_cstr(m->out, ".\n");
        } else if (m->binary) {
            str_add_cstr(m->out, "  Binary file changed.\n");
        }
        str_add_cstr(m->out, "</FILE>\n");
    }
    m->has_file = m->renamed = m->binary = false;
    m->rename_from = m->rename_to = SV_NULL;
}

// The tag and the name of a file.
static void add_head(struct str *out, struct sv name) {
    str_add_cstr(out, "<FILE>\n  ");
    str_add_sv(out, name);
    str_add_byte(out, '\n');
}

static void open_file(struct markup *m, struct sv name) {
    m->has_file = true;
    if (m->block == BLOCK_NONE) {
        add_head(m->out, name);
        return;
    }
    auto_str head = STR_INIT;
    add_head(&head, name);
    str_splice(m->out, m->block_at, 0, str_sv(&head));
}

static void add_line(struct markup *m, enum block kind, struct sv line) {
    if (m->block != kind) {
        flush_block(m);
        m->block = kind;
        m->block_at = m->out->len;
        str_add_cstr(m->out, open_tags[kind]);
    }
    str_add_cstr(m->out, "      ");
    str_add_sv(m->out, py_rstrip(sv_from(line, 1)));
    str_add_byte(m->out, '\n');
}

// "diff -r REV -r REV PATH": the last of at least five tokens is the path.
static void hg_header(struct markup *m, struct sv line) {
    struct sv last = SV_NULL;
    size_t n_tokens = 0, at = py_skip_blanks(line, 0);
    while (at < line.len) {
        const size_t end = py_skip_word(line, at);
        last = sv_sub(line, at, end - at);
        n_tokens++;
        at = py_skip_blanks(line, end);
    }
    flush_file(m);
    if (n_tokens >= 5) {
        open_file(m, last);
    }
}

// "diff --git a/OLD b/NEW"
static void git_header(struct markup *m, struct sv line) {
    flush_file(m);
    const struct sv head = SV("diff --git a/");
    if (!sv_starts(line, head)) {
        return;
    }
    const struct sv paths = sv_from(line, head.len);
    const ptrdiff_t second = sv_find(paths, SV(" b/"));
    if (second >= 0) {
        open_file(m, sv_from(paths, (size_t)second + 3));
    }
}

// True for the lines between a header and its first hunk that matter.
static bool extended_header(struct markup *m, struct sv line) {
    if (sv_starts(line, SV("rename from "))) {
        m->rename_from = py_strip(sv_from(line, 12));
        m->renamed = true;
    } else if (sv_starts(line, SV("rename to "))) {
        m->rename_to = py_strip(sv_from(line, 10));
        if (!m->has_file) {
            open_file(m, m->rename_to);
        }
    } else if (sv_starts(line, SV("Binary files "))) {
        flush_block(m);
        m->binary = true;
        flush_file(m);
    } else {
        return false;
    }
    return true;
}

static void header_or_context(struct markup *m, struct sv line) {
    if (sv_starts(line, SV("diff -r"))) {
        hg_header(m, line);
    } else if (sv_starts(line, SV("diff --git"))) {
        git_header(m, line);
    } else if (!extended_header(m, line)) {
        flush_block(m);
    }
}

void diff_markup(struct sv diff, struct str *out) {
    struct markup m = {.out = out};
    const size_t start = out->len;
    struct sv rest = py_strip(diff), line;
    while (py_next_line(&rest, &line)) {
        const char first = line.len ? *line.ptr : ' ';
        if (first == '-' && !sv_starts(line, SV("--- "))) {
            add_line(&m, BLOCK_REMOVED, line);
        } else if (first == '+' && !sv_starts(line, SV("+++ "))) {
            add_line(&m, BLOCK_ADDED, line);
        } else if (first != '-' && first != '+') {
            header_or_context(&m, line);
        }
    }
    flush_file(&m);
    if (m.block != BLOCK_NONE) { // of no file: lost
        str_cut(out, m.block_at);
    }
    if (out->len > start) {
        str_cut(out, out->len - 1);
    }
}
