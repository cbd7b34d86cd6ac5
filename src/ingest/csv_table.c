#include "ingest/csv_table.h"

#include "base/text_write.h"
#include "base/utf8.h"

struct ingest_at csv_table_at(const struct csv_table *t) {
    return (struct ingest_at){(int64_t)t->row.line, (int64_t)t->row.offset, NULL};
}

// --- layouts ---

static int find_column(const struct csv_table_def *def, struct sv name) {
    for (size_t i = 0; i < def->n_columns; i++) {
        if (sv_is(name, def->columns[i].name)) {
            return (int)i;
        }
    }
    return -1;
}

static void layout_init(struct csv_layout *l) {
    memset(l, 0, sizeof *l);
    for (size_t i = 0; i < CSV_TABLE_MAX_COLUMNS; i++) {
        l->field[i] = -1;
    }
}

static void layout_add(struct csv_table *t, struct csv_layout *l, struct sv name) {
    const int col = find_column(t->def, name);
    // Of two columns with one name the first is read.
    if (col >= 0 && l->field[col] < 0) {
        l->field[col] = (int16_t)l->n_fields;
    } else {
        if (!l->unknown) {
            l->unknown = arena_zalloc(&t->arena, CSV_TABLE_MAX_FIELDS, sizeof *l->unknown);
        }
        l->unknown[l->n_unknown++] = (struct csv_unknown){arena_sv(&t->arena, name), l->n_fields};
    }
    l->n_fields++;
}

static struct sv first_field_text(const struct csv_field *f, struct str *scratch) {
    struct sv text = csv_text(f, scratch);
    return sv_starts(text, SV("\xef\xbb\xbf")) ? sv_from(text, 3) : text;
}

static bool layout_of_row(struct csv_table *t, struct csv_layout *l, struct err *err) {
    layout_init(l);
    if (t->row.n_fields > CSV_TABLE_MAX_FIELDS) {
        return err_set(err, ERR_FORMAT, "%s: line 1 has %zu columns, more than %d: not a header",
                       t->ig->file, t->row.n_fields, CSV_TABLE_MAX_FIELDS);
    }
    auto_str scratch = STR_INIT;
    for (size_t i = 0; i < t->row.n_fields; i++) {
        layout_add(t, l, sv_trim(first_field_text(&t->row.fields[i], &scratch)));
    }
    return true;
}

static bool has_any_of(const struct csv_table *t, const struct csv_layout *l) {
    struct sv rest = sv_cstr(t->def->any_of), name;
    while (sv_split(&rest, ',', &name)) {
        const int col = find_column(t->def, name);
        if (col >= 0 && l->field[col] >= 0) {
            return true;
        }
    }
    return !t->def->any_of;
}

static bool check_header(const struct csv_table *t, const struct csv_layout *l, struct err *err) {
    auto_str missing = STR_INIT;
    for (size_t i = 0; i < t->def->n_columns; i++) {
        if (t->def->columns[i].needed && l->field[i] < 0) {
            str_addf(&missing, "%s%s", missing.len ? ", " : "", t->def->columns[i].name);
        }
    }
    if (!missing.len && has_any_of(t, l)) {
        return true;
    }
    auto_str header = STR_INIT;
    str_add_fit(&header, t->row.bytes, (struct fit){.width = 100});
    if (missing.len) {
        return err_set(err, ERR_FORMAT,
                       "%s: line 1: column %s is missing for %s; the header is \"%s\"", t->ig->file,
                       str_cstr(&missing), t->ig->format, str_cstr(&header));
    }
    return err_set(err, ERR_FORMAT, "%s: line 1: %s needs one of %s; the header is \"%s\"",
                   t->ig->file, t->ig->format, t->def->any_of, str_cstr(&header));
}

bool csv_table_open(struct csv_table *t, const struct csv_table_def *def, struct ingest *ig,
                    struct record_reader *r, struct err *err) {
    *t = (struct csv_table){.ig = ig, .def = def, .r = r};
    r->ig = ig;
    t->scan = csv_open(&ig->in);
    const int rc = csv_next(t->scan, &t->row, err);
    if (rc < 0) {
        return err_prefix(err, "%s", ig->file);
    }
    if (rc == 0) {
        return err_set(err, ERR_FORMAT, "%s: the file is empty, expected the header of %s",
                       ig->file, ig->format);
    }
    if (!layout_of_row(t, &t->layouts[0], err) || !check_header(t, &t->layouts[0], err)) {
        return false;
    }
    t->n_layouts = 1;
    t->layout = &t->layouts[0];
    for (size_t i = 0; def->layouts && def->layouts[i]; i++) {
        struct sv rest = sv_cstr(def->layouts[i]), name;
        BUG_ON(t->n_layouts == CSV_TABLE_MAX_LAYOUTS);
        struct csv_layout *l = &t->layouts[t->n_layouts++];
        layout_init(l);
        while (sv_split(&rest, ',', &name)) {
            layout_add(t, l, name);
        }
    }
    return true;
}

void csv_table_close(struct csv_table *t) {
    if (t->scan) {
        csv_close(t->scan);
    }
    arena_done(&t->arena);
    for (size_t i = 0; i < CSV_TABLE_MAX_COLUMNS; i++) {
        str_done(&t->scratch[i]);
    }
}

// --- rows ---

static const struct csv_layout *known_layout(const struct csv_table *t) {
    const size_t n = t->row.n_fields;
    for (size_t i = 0; i < t->n_layouts; i++) {
        const struct csv_layout *l = &t->layouts[i];
        if (l->n_fields == n && (i == 0 || !t->def->fits || t->def->fits(t, l))) {
            return l;
        }
    }
    return NULL;
}

static bool report_drift(struct csv_table *t, const struct csv_layout *to, struct err *err) {
    return ingest_problem(
        t->ig, csv_table_at(t), t->row.bytes, err,
        "the layout changes in mid-file: rows have %zu fields from here, %zu before; the rows are "
        "read by the known layout of %zu fields",
        to->n_fields, t->layout->n_fields, to->n_fields);
}

static bool report_ragged(struct csv_table *t, struct err *err) {
    const size_t n = t->row.n_fields, want = t->layouts[0].n_fields;
    return ingest_problem(t->ig, csv_table_at(t), t->row.bytes, err,
                          "the row has %zu fields, the header %zu; %s", n, want,
                          n < want ? "the missing ones are empty" : "the last ones are ignored");
}

// A row cut by the end of the file must not take the place of a whole one.
static bool report_torn(struct csv_table *t, struct err *err) {
    t->ig->counts.bad++;
    return ingest_problem(t->ig, csv_table_at(t), t->row.bytes, err,
                          "the file ends inside quotes; the row is left out");
}

// A second header, where files were joined: its layout holds from here on.
static bool is_header(const struct csv_table *t) {
    const struct csv_column *first = NULL;
    for (size_t i = 0; !first && i < t->def->n_columns; i++) {
        first = t->def->columns[i].needed ? &t->def->columns[i] : NULL;
    }
    const int16_t field = first ? t->layout->field[first - t->def->columns] : -1;
    return field >= 0 && (size_t)field < t->row.n_fields &&
           sv_is(t->row.fields[field].raw, first->name);
}

static bool take_header(struct csv_table *t, struct err *err) {
    const size_t n_before = t->layouts[0].n_fields;
    struct csv_layout l;
    if (!layout_of_row(t, &l, err) || !check_header(t, &l, err)) {
        return false;
    }
    t->layouts[0] = l;
    t->layout = &t->layouts[0];
    return ingest_problem(t->ig, csv_table_at(t), t->row.bytes, err,
                          "the header stands here again, with %zu columns after %zu; the rows "
                          "below are read by it",
                          l.n_fields, n_before);
}

static bool set_layout(struct csv_table *t, struct err *err) {
    if (t->row.n_fields == t->layouts[0].n_fields && t->layout == &t->layouts[0]) {
        return true;
    }
    const struct csv_layout *known = known_layout(t);
    if (!known) {
        t->layout = &t->layouts[0];
        return report_ragged(t, err);
    }
    if (known != t->layout && !report_drift(t, known, err)) {
        return false;
    }
    t->layout = known;
    return true;
}

int csv_table_next(struct csv_table *t, struct err *err) {
    for (;;) {
        const int rc = csv_next(t->scan, &t->row, err);
        if (rc <= 0) {
            return rc < 0 ? (err_prefix(err, "%s", t->ig->file), -1) : 0;
        }
        if (!ingest_tick(t->ig, t->row.offset, err)) {
            return -1;
        }
        const bool torn = t->row.unterminated, header = !torn && is_header(t);
        if (!torn && !header) {
            break;
        }
        if (!(torn ? report_torn(t, err) : take_header(t, err))) {
            return -1;
        }
    }
    t->row_bad = false;
    t->r->at = csv_table_at(t);
    return set_layout(t, err) ? 1 : -1;
}

bool csv_table_read(struct ingest *ig, const struct csv_table_def *def,
                    bool (*row)(struct ingest *ig, struct csv_table *t, struct err *err),
                    struct err *err) {
    struct csv_table t;
    struct record_reader r = {0};
    bool ok = csv_table_open(&t, def, ig, &r, err);
    int rc = ok ? 1 : -1;
    while (ok && (rc = csv_table_next(&t, err)) == 1) {
        r.source = t.row.bytes;
        ok = row(ig, &t, err) && ingest_check_text(ig, csv_table_at(&t), err);
        record_clear(&r);
    }
    csv_table_close(&t);
    record_done(&r);
    return ok && rc == 0;
}

void csv_table_extra(struct csv_table *t) {
    auto_str scratch = STR_INIT;
    for (size_t i = 0; i < t->layout->n_unknown; i++) {
        const struct csv_unknown *u = &t->layout->unknown[i];
        if (u->field >= t->row.n_fields) {
            continue;
        }
        struct str *extra = &t->r->extra;
        if (extra->len) {
            str_add_cstr(extra, ", ");
        }
        str_add_json(extra, u->name, JSON_UTF8);
        str_add_cstr(extra, ": ");
        str_add_json(extra, csv_text(&t->row.fields[u->field], &scratch), JSON_UTF8);
    }
}
