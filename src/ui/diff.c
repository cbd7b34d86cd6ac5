#include "ui/diff.h"

#include "base/err.h"

// --- lines --------------------------------------------------------------------------------------

size_t diff_n_lines(const struct diff *d) {
    return d->starts.n;
}

struct sv diff_line(const struct diff *d, size_t line) {
    size_t from = d->starts.ptr[line];
    size_t to = line + 1 < d->starts.n ? d->starts.ptr[line + 1] : d->text.len;
    if (to > from && d->text.ptr[to - 1] == '\n') {
        to--;
    }
    if (to > from && d->text.ptr[to - 1] == '\r') {
        to--;
    }
    return sv_sub(d->text, from, to - from);
}

static void index_lines(struct diff *d) {
    size_t limit = MIN(d->text.len, (size_t)DIFF_NO_LINE - DIFF_LINE_MARKS);
    d->cut = limit < d->text.len;
    d->text.len = limit;
    for (size_t at = 0; at < limit;) {
        array_push(&d->starts, (uint32_t)at);
        ptrdiff_t len = sv_find_byte(sv_from(d->text, at), '\n');
        at = len < 0 ? limit : at + (size_t)len + 1;
    }
    array_reserve(&d->kinds, d->starts.n);
}

// --- headers ------------------------------------------------------------------------------------

struct parser {
    struct diff *d;
    bool in_headers;             // between "diff" and the first hunk of a file
    bool in_binary;              // inside a "GIT binary patch"
    uint32_t old_left, new_left; // lines that the open hunk still wants
};

static bool has_file(const struct parser *p) {
    return p->d->files.n > 0;
}

static struct diff_file *open_file(struct parser *p) {
    BUG_ON(!p->d->files.n);
    return array_last(&p->d->files);
}

static struct diff_hunk *open_hunk(struct parser *p) {
    BUG_ON(!p->d->hunks.n);
    return array_last(&p->d->hunks);
}

// Git quotes paths with unusual bytes; the escapes inside are shown as they are.
static struct sv unquoted(struct sv path) {
    if (path.len >= 2 && path.ptr[0] == '"' && path.ptr[path.len - 1] == '"') {
        return sv_sub(path, 1, path.len - 2);
    }
    return path;
}

// "a/path<TAB>date" -> path; "/dev/null" -> the NULL view.
static struct sv header_path(struct sv rest) {
    ptrdiff_t tab = sv_find_byte(rest, '\t');
    struct sv path = unquoted(tab >= 0 ? sv_sub(rest, 0, (size_t)tab) : rest);
    if (sv_is(path, "/dev/null")) {
        return SV_NULL;
    }
    if (sv_starts(path, SV("a/")) || sv_starts(path, SV("b/"))) {
        path = sv_from(path, 2);
    }
    return path;
}

// "diff --git a/X b/Y": both paths are equal unless other header lines name them, so the middle is
// where to cut; a blank in a path is no separator.
static void git_paths(struct diff_file *file, struct sv rest) {
    size_t half = rest.len / 2;
    ptrdiff_t at = (ptrdiff_t)half;
    bool quoted = rest.len && rest.ptr[0] == '"';
    bool equal = rest.len % 2 == 1 && rest.ptr[half] == ' ' &&
                 sv_eq(header_path(sv_sub(rest, 0, half)), header_path(sv_from(rest, half + 1)));
    if (!equal) {
        at = sv_find(rest, quoted ? SV("\" \"b/") : SV(" b/"));
        at += at >= 0 && quoted;
    }
    if (at > 0) {
        file->old_path = header_path(sv_sub(rest, 0, (size_t)at));
        file->new_path = header_path(sv_from(rest, (size_t)at + 1));
    }
}

// "diff -r 0123456789ab -r 0123456789ab path with blanks": the path is all behind the options.
static struct sv hg_path(struct sv rest) {
    while (sv_starts(rest, SV("-r "))) {
        rest = sv_from(rest, 3);
        ptrdiff_t blank = sv_find_byte(rest, ' ');
        rest = blank < 0 ? SV_NULL : sv_from(rest, (size_t)blank + 1);
    }
    return rest;
}

static void start_file(struct parser *p, uint32_t line, struct sv text) {
    struct diff_file *file = array_add(&p->d->files);
    file->first_line = line;
    file->first_hunk = (uint32_t)p->d->hunks.n;
    if (sv_starts(text, SV("diff --git "))) {
        git_paths(file, sv_from(text, 11));
    } else if (sv_starts(text, SV("diff -r "))) {
        file->old_path = file->new_path = hg_path(sv_from(text, 5));
    }
    p->in_headers = true;
    p->in_binary = false;
    p->old_left = p->new_left = 0;
}

// Header lines of an open file that change what is known of it.
static void note_header(struct diff_file *file, struct sv text) {
    if (sv_starts(text, SV("--- "))) {
        file->old_path = header_path(sv_from(text, 4));
        if (!file->old_path.ptr) {
            file->change = CHANGE_ADDED;
        }
    } else if (sv_starts(text, SV("+++ "))) {
        file->new_path = header_path(sv_from(text, 4));
        if (!file->new_path.ptr) {
            file->change = CHANGE_DELETED;
        }
    } else if (sv_starts(text, SV("rename from "))) {
        file->old_path = unquoted(sv_from(text, 12));
        file->change = CHANGE_RENAMED;
    } else if (sv_starts(text, SV("rename to "))) {
        file->new_path = unquoted(sv_from(text, 10));
    } else if (sv_starts(text, SV("copy from "))) {
        file->old_path = unquoted(sv_from(text, 10));
        file->change = CHANGE_COPIED;
    } else if (sv_starts(text, SV("copy to "))) {
        file->new_path = unquoted(sv_from(text, 8));
    } else if (sv_starts(text, SV("old mode "))) {
        file->old_mode = sv_from(text, 9);
    } else if (sv_starts(text, SV("new file mode "))) {
        file->change = CHANGE_ADDED;
    } else if (sv_starts(text, SV("deleted file mode "))) {
        file->change = CHANGE_DELETED;
    } else if (sv_starts(text, SV("new mode "))) {
        file->new_mode = sv_from(text, 9);
        file->change = file->change == CHANGE_MODIFIED ? CHANGE_MODE : file->change;
    }
}

// --- hunks --------------------------------------------------------------------------------------

static bool take_number(struct sv *text, uint32_t *out) {
    size_t n = 0;
    uint64_t v = 0;
    while (n < text->len && n < 10 && text->ptr[n] >= '0' && text->ptr[n] <= '9') {
        v = v * 10 + (uint64_t)(text->ptr[n++] - '0');
    }
    *out = (uint32_t)MIN(v, (uint64_t)UINT32_MAX);
    *text = sv_from(*text, n);
    return n > 0;
}

// "<start>[,<count>]"
static bool take_range(struct sv *text, uint32_t *start, uint32_t *count) {
    *count = 1;
    if (!take_number(text, start)) {
        return false;
    }
    if (text->len && text->ptr[0] == ',') {
        *text = sv_from(*text, 1);
        return take_number(text, count);
    }
    return true;
}

static bool start_hunk(struct parser *p, uint32_t line, struct sv text) {
    struct sv rest = sv_from(text, 4);
    uint32_t old_start, old_n, new_start, new_n;
    if (!sv_starts(text, SV("@@ -")) || !take_range(&rest, &old_start, &old_n) ||
        !sv_starts(rest, SV(" +"))) {
        return false;
    }
    rest = sv_from(rest, 2);
    if (!take_range(&rest, &new_start, &new_n) || !sv_starts(rest, SV(" @@"))) {
        return false;
    }
    if (!has_file(p)) {
        start_file(p, line, SV_NULL);
    }
    struct diff_hunk *hunk = array_add(&p->d->hunks);
    hunk->file = (uint32_t)p->d->files.n - 1;
    hunk->first_line = line;
    hunk->n_lines = 1;
    hunk->old_start = old_start;
    hunk->new_start = new_start;
    p->old_left = old_n;
    p->new_left = new_n;
    p->in_headers = p->in_binary = false;
    if (open_file(p)->change == CHANGE_MODE) {
        open_file(p)->change = CHANGE_MODIFIED;
    }
    return true;
}

// One line of an open hunk; false when it cannot belong to it.
static bool hunk_line(struct parser *p, struct sv text, enum diff_line_kind *kind) {
    char sign = text.len ? text.ptr[0] : ' '; // editors strip the blank of an empty context line
    struct diff_hunk *hunk = open_hunk(p);
    struct diff_file *file = open_file(p);
    if (sign == '\\') {
        *kind = DIFF_NOTE;
    } else if (sign == ' ' && p->old_left && p->new_left) {
        *kind = DIFF_CONTEXT;
        p->old_left--;
        p->new_left--;
    } else if (sign == '-' && p->old_left) {
        *kind = DIFF_REMOVED;
        p->old_left--;
        hunk->n_removed++;
        file->n_removed++;
        p->d->n_removed++;
    } else if (sign == '+' && p->new_left) {
        *kind = DIFF_ADDED;
        p->new_left--;
        hunk->n_added++;
        file->n_added++;
        p->d->n_added++;
    } else {
        return false;
    }
    hunk->n_lines++;
    return true;
}

// --- the whole ----------------------------------------------------------------------------------

static bool next_is(const struct diff *d, size_t line, struct sv prefix) {
    return line < d->starts.n && sv_starts(diff_line(d, line), prefix);
}

// A note on the last line comes when the counts are met already.
static bool follows_hunk(const struct parser *p, size_t line) {
    if (!p->d->hunks.n || p->in_headers) {
        return false;
    }
    const struct diff_hunk *hunk = array_last(&p->d->hunks);
    return hunk->first_line + hunk->n_lines == line;
}

static enum diff_line_kind outside_hunk(struct parser *p, size_t line, struct sv text) {
    enum diff_line_kind kind;
    if (sv_starts(text, SV("diff --git ")) || sv_starts(text, SV("diff -r "))) {
        start_file(p, (uint32_t)line, text);
        return DIFF_HEADER;
    }
    if (sv_starts(text, SV("@@ -")) && start_hunk(p, (uint32_t)line, text)) {
        return DIFF_HUNK;
    }
    if (!p->in_headers && sv_starts(text, SV("--- ")) && next_is(p->d, line + 1, SV("+++ "))) {
        start_file(p, (uint32_t)line, SV_NULL); // a plain diff names its files only here
    }
    if (text.len && text.ptr[0] == '\\' && follows_hunk(p, line) && hunk_line(p, text, &kind)) {
        return kind;
    }
    if (!has_file(p)) {
        return DIFF_OTHER;
    }
    if (sv_starts(text, SV("Binary file")) || sv_is(text, "GIT binary patch")) {
        open_file(p)->binary = true;
        p->in_binary = text.ptr[0] == 'G';
        return DIFF_BINARY;
    }
    if (p->in_binary) {
        return DIFF_BINARY;
    }
    if (p->in_headers) {
        note_header(open_file(p), text);
        return DIFF_HEADER;
    }
    return DIFF_OTHER;
}

static enum diff_line_kind classify(struct parser *p, size_t line, struct sv text) {
    enum diff_line_kind kind;
    if (p->old_left || p->new_left) {
        if (hunk_line(p, text, &kind)) {
            return kind;
        }
        open_hunk(p)->torn = true;
        p->old_left = p->new_left = 0;
    }
    return outside_hunk(p, line, text);
}

void diff_parse(struct diff *d, struct sv text) {
    *d = (struct diff){.text = text};
    index_lines(d);
    struct parser p = {.d = d};
    for (size_t i = 0; i < d->starts.n; i++) {
        array_push(&d->kinds, (uint8_t)classify(&p, i, diff_line(d, i)));
    }
    if (p.old_left || p.new_left) {
        open_hunk(&p)->torn = true;
    }
    for (size_t i = 0; i < d->files.n; i++) {
        struct diff_file *file = &d->files.ptr[i];
        bool last = i + 1 == d->files.n;
        file->n_lines = (last ? (uint32_t)d->starts.n : file[1].first_line) - file->first_line;
        file->n_hunks = (last ? (uint32_t)d->hunks.n : file[1].first_hunk) - file->first_hunk;
    }
}

void diff_done(struct diff *d) {
    array_done(&d->starts);
    array_done(&d->kinds);
    array_done(&d->files);
    array_done(&d->hunks);
    *d = (struct diff){0};
}

struct sv diff_file_path(const struct diff_file *file) {
    return file->new_path.ptr ? file->new_path : file->old_path;
}

// Last element whose first_line is not behind `line`.
#define LAST_AT(list, line_no, out)                                                                \
    do {                                                                                           \
        size_t lo_ = 0, hi_ = (list)->n;                                                           \
        while (lo_ < hi_) {                                                                        \
            size_t mid_ = lo_ + (hi_ - lo_) / 2;                                                   \
            if ((list)->ptr[mid_].first_line <= (line_no)) {                                       \
                lo_ = mid_ + 1;                                                                    \
            } else {                                                                               \
                hi_ = mid_;                                                                        \
            }                                                                                      \
        }                                                                                          \
        (out) = (int64_t)lo_ - 1;                                                                  \
    } while (0)

int64_t diff_file_at(const struct diff *d, size_t line) {
    int64_t at;
    LAST_AT(&d->files, line, at);
    return at;
}

int64_t diff_hunk_at(const struct diff *d, size_t line) {
    int64_t at;
    LAST_AT(&d->hunks, line, at);
    if (at >= 0) {
        const struct diff_hunk *hunk = &d->hunks.ptr[at];
        if (line >= hunk->first_line + hunk->n_lines) {
            return -1; // headers of the next file
        }
    }
    return at;
}

void diff_numbers(const struct diff *d, size_t line, uint32_t *old_no, uint32_t *new_no) {
    *old_no = *new_no = 0;
    int64_t at = diff_hunk_at(d, line);
    if (at < 0 || d->kinds.ptr[line] == DIFF_HUNK || d->kinds.ptr[line] == DIFF_NOTE) {
        return;
    }
    const struct diff_hunk *hunk = &d->hunks.ptr[at];
    uint32_t o = hunk->old_start;
    uint32_t n = hunk->new_start;
    for (size_t i = hunk->first_line + 1; i < line; i++) {
        uint8_t kind = d->kinds.ptr[i];
        o += kind == DIFF_CONTEXT || kind == DIFF_REMOVED;
        n += kind == DIFF_CONTEXT || kind == DIFF_ADDED;
    }
    uint8_t kind = d->kinds.ptr[line];
    *old_no = kind == DIFF_ADDED ? 0 : o;
    *new_no = kind == DIFF_REMOVED ? 0 : n;
}

// The end of a run of lines of one kind and of the notes behind it; `*n` counts without the notes.
static size_t run_end(const struct diff *d, size_t from, enum diff_line_kind kind, uint32_t *n) {
    size_t at = from;
    while (at < d->kinds.n && d->kinds.ptr[at] == kind) {
        at++;
    }
    *n = (uint32_t)(at - from);
    while (*n && at < d->kinds.n && d->kinds.ptr[at] == DIFF_NOTE) {
        at++;
    }
    return at;
}

static size_t block_start(const struct diff *d, size_t line) {
    const uint8_t *kinds = d->kinds.ptr;
    size_t from = line;
    while (from > 0 && kinds[line] == DIFF_ADDED && kinds[from - 1] == DIFF_ADDED) {
        from--;
    }
    size_t before = from;
    while (before > 0 && kinds[before - 1] == DIFF_NOTE) {
        before--;
    }
    if (before > 0 && kinds[line] == DIFF_ADDED && kinds[before - 1] == DIFF_REMOVED) {
        from = before;
    }
    while (from > 0 && kinds[from - 1] == DIFF_REMOVED) {
        from--;
    }
    return from;
}

bool diff_block_at(const struct diff *d, size_t line, struct diff_block *block) {
    uint8_t kind = d->kinds.ptr[line];
    if (kind != DIFF_ADDED && kind != DIFF_REMOVED) {
        return false;
    }
    size_t from = block_start(d, line);
    block->old_first = (uint32_t)from;
    block->new_first = (uint32_t)run_end(d, from, DIFF_REMOVED, &block->n_old);
    block->end = (uint32_t)run_end(d, block->new_first, DIFF_ADDED, &block->n_new);
    return true;
}

int64_t diff_opposite(const struct diff *d, size_t line) {
    struct diff_block b;
    if (!diff_block_at(d, line, &b)) {
        return -1;
    }
    if (line >= b.new_first) {
        size_t place = line - b.new_first;
        return place < b.n_old ? (int64_t)(b.old_first + place) : -1;
    }
    size_t place = line - b.old_first;
    return place < b.n_new ? (int64_t)(b.new_first + place) : -1;
}
