#include "base/csv_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/csv_index.h"

enum {
    BATCH_BYTES = 64 * 1024, // indexed at a time, so that the index stays in the cache
    MAX_BATCH = 16 * 1024 * 1024,
    MAX_FIELDS = 1024 * 1024, // of one row
};

struct csv_scan {
    struct input *in;
    csv_index_fn *index_bytes;
    struct csv_index ix;
    size_t pos_cap;
    size_t next_pos; // the first entry of the index that no finished row has used
    size_t indexed;  // bytes of the window that went through the index
    size_t row_at;   // where the next row starts in the window
    uint64_t line;   // of that row
    bool started;
    bool complete; // the index has the virtual line end at the end of the input
    ARRAY(struct csv_field) fields;
    struct str text; // fields of a row read by the rules of the csv module
};

static bool force_portable;

void csv_force_portable(bool on) {
    force_portable = on;
}

static void restart_index(struct csv_scan *s, size_t at) {
    s->ix.n = 0;
    s->ix.in_quote = 0;
    s->ix.may_open = 1;
    s->ix.bad = CSV_NOT_BAD;
    s->next_pos = 0;
    s->indexed = at;
    s->row_at = at;
    s->complete = false;
}

struct csv_scan *csv_open(struct input *in) {
    struct csv_scan *s = xcalloc(1, sizeof *s);
    s->in = in;
    s->line = 1;
    s->index_bytes = force_portable ? csv_index_portable : csv_index_best();
    restart_index(s, 0);
    return s;
}

void csv_close(struct csv_scan *s) {
    if (s) {
        free(s->ix.pos);
        array_done(&s->fields);
        str_done(&s->text);
        free(s);
    }
}

struct sv csv_text(const struct csv_field *field, struct str *scratch) {
    if (!field->has_quote) {
        return field->raw;
    }
    str_clear(scratch);
    char *to = str_reserve(scratch, field->raw.len);
    const char *p = field->raw.ptr, *end = p + field->raw.len;
    while (p < end) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        const char *stop = quote ? quote + 1 : end;
        memcpy(to, p, (size_t)(stop - p));
        to += stop - p;
        p = stop + (quote && stop < end && *stop == '"');
    }
    scratch->len = (size_t)(to - scratch->ptr);
    *to = '\0';
    return str_sv(scratch);
}

// ---- filling -------------------------------------------------------------------------------

// Keeps what the unfinished row needs; `shift` bytes leave the window.
static void compact_index(struct csv_scan *s, size_t shift) {
    struct csv_index *ix = &s->ix;
    size_t n = ix->n - s->next_pos;
    for (size_t i = 0; i < n; i++) {
        ix->pos[i] = ix->pos[s->next_pos + i] - (uint32_t)shift;
    }
    ix->n = n;
    s->next_pos = 0;
    s->row_at -= shift;
    s->indexed -= shift;
}

static void index_to(struct csv_scan *s, size_t to) {
    struct csv_index *ix = &s->ix;
    size_t want = ix->n + (to - s->indexed) + 1;
    if (want > s->pos_cap) {
        ix->pos = array_grow_raw(ix->pos, &s->pos_cap, want, sizeof *ix->pos);
    }
    s->index_bytes(ix, s->in->ptr, s->indexed, to);
    s->indexed = to;
}

static bool read_more(struct csv_scan *s, struct err *err) {
    size_t used = s->row_at;
    compact_index(s, used);
    if (!input_more(s->in, used, err)) {
        return false;
    }
    if (!s->started && (s->in->len >= 3 || s->in->at_eof)) {
        bool marked =
            s->in->offset == 0 && s->in->len >= 3 && memcmp(s->in->ptr, "\xef\xbb\xbf", 3) == 0;
        s->started = true;
        restart_index(s, marked ? 3 : 0);
    }
    return true;
}

// Each batch has the unfinished row looked at from its start, so that batches grow with it.
static size_t batch_bytes(const struct csv_scan *s) {
    size_t want = MAX((s->indexed - s->row_at) & ~(size_t)63, (size_t)BATCH_BYTES);
    return MIN(want, (size_t)MAX_BATCH);
}

// Indexes more bytes, reading when there are none. 0 = nothing is left, -1 = error.
static int advance(struct csv_scan *s, struct err *err) {
    struct input *in = s->in;
    size_t left = in->len - s->indexed;
    if (s->indexed - s->row_at > INPUT_RECORD_LIMIT) {
        err_set(err, ERR_LIMIT, "%s: line %llu: a row of more than %zu bytes", in->name,
                (unsigned long long)s->line, INPUT_RECORD_LIMIT);
        return -1;
    }
    // Memory comes in one window of any size; the index counts in 32 bits.
    if (!s->started || s->row_at > INPUT_RECORD_LIMIT) {
        return read_more(s, err) ? 1 : -1;
    }
    if (left >= 64) {
        compact_index(s, 0);
        index_to(s, s->indexed + MIN(left & ~(size_t)63, batch_bytes(s)));
        return 1;
    }
    if (!in->at_eof) {
        return read_more(s, err) ? 1 : -1;
    }
    if (s->complete || s->row_at == in->len) {
        return 0;
    }
    compact_index(s, 0);
    index_to(s, in->len);
    if (s->ix.bad == CSV_NOT_BAD) {
        s->ix.pos[s->ix.n++] = (uint32_t)in->len;
        s->complete = true;
    }
    return 1;
}

// ---- rows by the index ---------------------------------------------------------------------

// False when the text between two separators starts with a quote but does not end with one.
static bool add_quoted(struct csv_scan *s, const char *from, const char *to, bool unterminated,
                       uint64_t *n_lf) {
    if (!unterminated && (to - from < 2 || to[-1] != '"')) {
        return false;
    }
    struct sv raw = sv_make(from + 1, (size_t)(to - from) - 1 - !unterminated);
    struct csv_inside inside = csv_look_inside(raw.ptr, raw.len);
    *n_lf += inside.n_lf;
    array_push(&s->fields,
               (struct csv_field){.raw = raw, .quoted = true, .has_quote = inside.has_quote});
    return true;
}

enum found { FOUND_NONE, FOUND_ROW, FOUND_BLANK, FOUND_ODD };

// Takes the next row out of the index if all of it is there.
static enum found indexed_row(struct csv_scan *s, struct csv_row *row) {
    const char *window = s->in->ptr;
    size_t from = s->row_at, len = s->in->len;
    uint64_t n_lf = 0;
    s->fields.n = 0;
    for (size_t i = s->next_pos; i < s->ix.n && s->fields.n <= MAX_FIELDS; i++) {
        size_t at = s->ix.pos[i], to = at;
        bool last = at == len || window[at] == '\n';
        bool open = at == len && s->ix.in_quote;
        if (last && !open && to > from && window[to - 1] == '\r') {
            to--;
        }
        if (to > from && window[from] == '"') {
            if (!add_quoted(s, window + from, window + to, open, &n_lf)) {
                return FOUND_ODD;
            }
        } else {
            array_push(&s->fields, (struct csv_field){.raw = sv_make(window + from, to - from)});
        }
        if (!last) {
            from = at + 1;
            continue;
        }
        size_t start = s->row_at;
        row->line = s->line;
        row->offset = s->in->offset + start;
        row->bytes = sv_make(window + start, to - start);
        row->unterminated = open;
        s->line += 1 + n_lf;
        s->next_pos = i + 1;
        s->row_at = at + (at < len);
        return to == start ? FOUND_BLANK : FOUND_ROW;
    }
    return FOUND_NONE;
}

// ---- rows by the rules of the csv module ---------------------------------------------------

enum odd_state { FIELD_START, IN_FIELD, IN_QUOTED, QUOTE_IN_QUOTED };

// One byte of a row that is not its end. Appends to the text; true at a separator.
static bool odd_byte(enum odd_state *state, bool *quoted, char c, char **to) {
    switch (*state) {
    case FIELD_START:
    case IN_FIELD:
        if (c == ',') {
            return true;
        }
        if (c == '"' && *state == FIELD_START) {
            *state = IN_QUOTED;
            *quoted = true;
            return false;
        }
        *state = IN_FIELD;
        break;
    case IN_QUOTED:
        if (c == '"') {
            *state = QUOTE_IN_QUOTED;
            return false;
        }
        break;
    case QUOTE_IN_QUOTED:
        if (c == ',') {
            return true;
        }
        *state = c == '"' ? IN_QUOTED : IN_FIELD;
        break;
    }
    *(*to)++ = c;
    return false;
}

static void add_odd(struct csv_scan *s, const char *from, const char *to, bool quoted) {
    array_push(&s->fields,
               (struct csv_field){.raw = sv_make(from, (size_t)(to - from)), .quoted = quoted});
}

// The end of a line at p: its length, 0 when there is none. A CR is one only before LF or at the
// end of the input.
static size_t line_end(const struct csv_scan *s, const char *p) {
    const char *end = s->in->ptr + s->in->len;
    if (*p == '\n') {
        return 1;
    }
    if (*p == '\r' && p + 1 == end) {
        return 1;
    }
    return *p == '\r' && p[1] == '\n' ? 2 : 0;
}

// Reads the row at row_at. False when the window ends before the row does (and the input goes on).
// Stops in a row of too many fields, which csv_next() refuses.
static bool odd_row(struct csv_scan *s, struct csv_row *row) {
    const char *start = s->in->ptr + s->row_at, *end = s->in->ptr + s->in->len, *p = start;
    str_clear(&s->text);
    s->fields.n = 0;
    char *to = str_reserve(&s->text, (size_t)(end - start)), *from = to;
    enum odd_state state = FIELD_START;
    bool quoted = false;
    uint64_t n_lf = 0;
    size_t n_end = 0;
    for (; p < end && s->fields.n <= MAX_FIELDS; p++) {
        if (state != IN_QUOTED && (n_end = line_end(s, p))) {
            break;
        }
        n_lf += *p == '\n';
        if (odd_byte(&state, &quoted, *p, &to)) {
            add_odd(s, from, to, quoted);
            from = to;
            state = FIELD_START;
            quoted = false;
        }
    }
    // A CR at the end of the window may be half of a line end.
    if (!s->in->at_eof && p + n_end >= end) {
        return false;
    }
    add_odd(s, from, to, quoted);
    row->line = s->line;
    row->offset = s->in->offset + s->row_at;
    row->bytes = sv_make(start, (size_t)(p - start));
    row->unterminated = p == end && state == IN_QUOTED;
    s->line += n_lf + 1;
    restart_index(s, (size_t)(p - s->in->ptr) + n_end);
    return true;
}

static int next_odd_row(struct csv_scan *s, struct csv_row *row, struct err *err) {
    while (!odd_row(s, row)) {
        size_t used = s->row_at;
        restart_index(s, 0);
        if (!input_more(s->in, used, err)) {
            return -1;
        }
    }
    return 1;
}

// ---- reading -------------------------------------------------------------------------------

static int too_many_fields(const struct csv_scan *s, uint64_t line, struct err *err) {
    err_set(err, ERR_LIMIT, "%s: line %llu: a row of more than %d fields", s->in->name,
            (unsigned long long)line, MAX_FIELDS);
    return -1;
}

static int read_row(struct csv_scan *s, struct csv_row *row, struct err *err) {
    for (;;) {
        enum found found = indexed_row(s, row);
        if (found == FOUND_ROW) {
            return 1;
        }
        if (found == FOUND_BLANK) {
            continue;
        }
        if (s->fields.n > MAX_FIELDS) {
            return too_many_fields(s, s->line, err);
        }
        if (found == FOUND_ODD || s->ix.bad != CSV_NOT_BAD) {
            return next_odd_row(s, row, err);
        }
        int more = advance(s, err);
        if (more <= 0) {
            return more;
        }
    }
}

int csv_next(struct csv_scan *s, struct csv_row *row, struct err *err) {
    int got = read_row(s, row, err);
    if (got > 0) {
        row->fields = s->fields.ptr;
        row->n_fields = s->fields.n;
        if (row->n_fields > MAX_FIELDS) {
            return too_many_fields(s, row->line, err);
        }
    }
    return got;
}
