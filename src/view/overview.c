#include "view/overview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arrow/arrow_write.h"
#include "base/array.h"
#include "base/date.h"
#include "base/map.h"
#include "base/scope.h"
#include "catalog/catalog.h"
#include "query/query.h"
#include "schema/derivations.h"
#include "schema/problems.h"

enum {
    OV_NAME,
    OV_TITLE,
    OV_ROWS,
    OV_SEGMENTS,
    OV_SIZE,
    OV_PROBLEMS,
    OV_SOURCE,
    OV_FETCHED,
    OV_GENERATION,
    OV_ORIGIN,
    OV_STAGE,
    OV_STATE,
    OV_VIEW,
};

static const struct column_def columns[] = {
    [OV_NAME] = {"name", "text", COL_KEY, NULL, "Name of the dataset.", NULL},
    [OV_TITLE] = {"title", "text", COL_NULLABLE, NULL, "What it is.", NULL},
    [OV_ROWS] = {"rows", "i64", 0, NULL, "Rows in the store.", NULL},
    [OV_SEGMENTS] = {"segments", "i64", 0, NULL, "Files it consists of.", NULL},
    [OV_SIZE] = {"size", "i64", 0, "bytes", "Size of these files.", NULL},
    [OV_PROBLEMS] = {"problems", "i64", COL_NULLABLE, NULL,
                     "Rows that could not be read or used, of its files and its stage.", NULL},
    [OV_SOURCE] = {"source", "text", COL_NULLABLE, NULL, "File or address it came from last.",
                   NULL},
    [OV_FETCHED] = {"fetched", "ts", COL_NULLABLE, NULL, "When.", NULL},
    [OV_GENERATION] = {"generation", "text", COL_NULLABLE, NULL,
                       "Generation in which it last changed.", NULL},
    [OV_ORIGIN] = {"origin", "text", COL_NULLABLE, NULL,
                   "How its rows came: imported, derived, or both.", NULL},
    [OV_STAGE] = {"stage", "text", COL_NULLABLE, NULL, "Stage that can make it from others.", NULL},
    [OV_STATE] = {"state", "text", COL_NULLABLE, NULL,
                  "Whether it is up to date, and what to do when it is not or is not there.", NULL},
    [OV_VIEW] = {"view", "text", COL_NULLABLE, NULL, "View that shows it.", NULL},
};

const struct dataset_def overview_dataset = {
    .name = "datasets",
    .title = "Datasets",
    .version = 1,
    .kind = DATASET_SNAPSHOT,
    .key = "name",
    .merge = "",
    .sort = "name",
    .columns = columns,
    .n_columns = COUNTOF(columns),
    .help = "What the store holds and what it could hold, one row for each dataset.",
};

// --- problems by format -------------------------------------------------------------------------

struct problem_counts {
    struct table *table; // NULL: the store has no problems
    struct key_index *by_format, *by_file;
};

static struct key_index *index_of(struct table *table, struct sv column) {
    const int col = table_column(table, column);
    return col >= 0 ? table_index(table, (size_t)col, NULL) : NULL;
}

static void open_problems(struct snapshot *snap, struct problem_counts *out) {
    *out = (struct problem_counts){.table = table_get(snap, sv_cstr(schema_problems.name), NULL)};
    if (out->table) {
        out->by_format = index_of(out->table, SV("format"));
        out->by_file = index_of(out->table, SV("file"));
    }
}

static bool yields(const struct format_def *format, const char *dataset) {
    for (size_t i = 0; format->datasets[i]; i++) {
        if (sv_is(sv_cstr(format->datasets[i]->name), dataset)) {
            return true;
        }
    }
    return false;
}

// What a stage could not use stands under its name; it is counted with the first dataset it makes.
static int64_t count_stage_problems(const struct problem_counts *counts, const char *dataset) {
    const struct dataset_entry *entry = catalog_dataset(sv_cstr(dataset));
    const struct stage_def *stage = entry ? entry->stage : NULL;
    const uint32_t *rows;
    return stage && counts->by_file && stage->datasets[0] == entry->def
               ? (int64_t)key_rows_text(counts->by_file, sv_cstr(stage->name), &rows)
               : 0;
}

static int64_t count_problems(const struct problem_counts *counts, const char *dataset) {
    size_t n_formats = 0;
    const struct format_def *formats = catalog_formats(&n_formats);
    int64_t n = count_stage_problems(counts, dataset);
    for (size_t i = 0; counts->by_format && i < n_formats; i++) {
        const uint32_t *rows;
        if (yields(&formats[i], dataset)) {
            n += (int64_t)key_rows_text(counts->by_format, sv_cstr(formats[i].name), &rows);
        }
    }
    return n;
}

// --- rows ---------------------------------------------------------------------------------------

static void add_text(struct arrow_writer *w, size_t col, const char *text) {
    if (text) {
        arrow_add_text(arrow_column(w, col), sv_cstr(text));
    }
}

// Not so the lists that the program keeps of its own work.
static bool has_origin(const struct dataset_entry *entry) {
    return entry->def != &schema_problems && entry->def != &schema_derivations;
}

// One dataset: of the store, of the catalog, or of both.
struct overview_row {
    const char *name;
    const struct dataset *ds;
    const struct dataset_entry *entry;
};

static void add_state(struct arrow_writer *w, const struct snapshot *snap,
                      const struct dataset_entry *entry) {
    static const char *const origins[] = {
        [ORIGIN_IMPORTED] = "imported", [ORIGIN_DERIVED] = "derived", [ORIGIN_BOTH] = "both"};
    const enum dataset_origin origin = catalog_origin(snap, entry);
    add_text(w, OV_ORIGIN, origins[origin]);
    if (origin != ORIGIN_DERIVED) {
        add_text(w, OV_STATE, "imported");
        return;
    }
    auto_str text = STR_INIT;
    auto_str why = STR_INIT;
    const enum stage_state state = catalog_stage_state(snap, entry->stage, NULL, &why);
    if (state == STAGE_FRESH) {
        str_add_cstr(&text, "fresh");
    } else if (state == STAGE_IMPORTED) {
        str_addf(&text, "kept: %s was imported", entry->stage->datasets[0]->name);
    } else {
        str_addf(&text, "out of date: %s: culprit derive %s", str_cstr(&why), entry->stage->name);
    }
    arrow_add_text(arrow_column(w, OV_STATE), str_sv(&text));
}

static void add_stored(struct arrow_writer *w, const struct dataset *ds,
                       const struct problem_counts *problems) {
    uint64_t size = 0;
    int64_t fetched_us;
    for (size_t i = 0; i < ds->n_segments; i++) {
        size += ds->segments[i].size_bytes;
    }
    arrow_add_i64(arrow_column(w, OV_ROWS), ds->n_rows);
    arrow_add_i64(arrow_column(w, OV_SEGMENTS), (int64_t)ds->n_segments);
    arrow_add_i64(arrow_column(w, OV_SIZE), (int64_t)size);
    arrow_add_i64(arrow_column(w, OV_PROBLEMS), count_problems(problems, ds->name));
    add_text(w, OV_SOURCE, ds->source.origin);
    if (ds->source.fetched && date_parse_iso(sv_cstr(ds->source.fetched), &fetched_us, NULL)) {
        arrow_add_i64(arrow_column(w, OV_FETCHED), fetched_us);
    }
    add_text(w, OV_GENERATION, ds->generation);
}

static void add_missing(struct arrow_writer *w, const struct snapshot *snap,
                        const struct dataset_entry *entry) {
    auto_str state = STR_INIT;
    str_add_cstr(&state, "not there: ");
    catalog_add_advice(snap, entry, &state);
    arrow_add_i64(arrow_column(w, OV_ROWS), 0);
    arrow_add_i64(arrow_column(w, OV_SEGMENTS), 0);
    arrow_add_i64(arrow_column(w, OV_SIZE), 0);
    arrow_add_text(arrow_column(w, OV_STATE), str_sv(&state));
}

static bool add_row(struct arrow_writer *w, const struct snapshot *snap,
                    const struct overview_row *row, const struct problem_counts *problems,
                    struct err *err) {
    const struct dataset_entry *entry = row->entry;
    add_text(w, OV_NAME, row->name);
    add_text(w, OV_TITLE, entry ? entry->def->title : NULL);
    add_text(w, OV_VIEW, entry ? entry->view : row->name);
    add_text(w, OV_STAGE, entry && entry->stage ? entry->stage->name : NULL);
    if (!row->ds) {
        add_missing(w, snap, entry);
    } else {
        add_stored(w, row->ds, problems);
    }
    if (row->ds && entry && has_origin(entry)) {
        add_state(w, snap, entry);
    }
    return arrow_row_end(w, err);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct overview_row *)a)->name, ((const struct overview_row *)b)->name);
}

struct overview_rows ARRAY_BODY(struct overview_row);

static void collect(const struct snapshot *snap, struct overview_rows *rows) {
    size_t n_entries;
    const struct dataset_entry *entries = catalog_datasets(&n_entries);
    for (size_t i = 0; i < snap->n_datasets; i++) {
        const struct dataset *ds = &snap->datasets[i];
        array_push(rows, (struct overview_row){ds->name, ds, catalog_dataset(sv_cstr(ds->name))});
    }
    for (size_t i = 0; i < n_entries; i++) {
        const char *name = entries[i].def->name;
        if (!snapshot_dataset(snap, name) && has_origin(&entries[i])) {
            array_push(rows, (struct overview_row){name, NULL, &entries[i]});
        }
    }
    qsort(rows->ptr, rows->n, sizeof *rows->ptr, by_name);
}

static bool write_rows(struct snapshot *snap, struct arrow_writer *w, int fd, struct err *err) {
    struct problem_counts problems;
    struct overview_rows rows = {0};
    uint64_t size;
    uint32_t crc;
    bool ok = true;
    open_problems(snap, &problems);
    collect(snap, &rows);
    for (size_t i = 0; ok && i < rows.n; i++) {
        ok = add_row(w, snap, &rows.ptr[i], &problems, err);
    }
    array_done(&rows);
    return ok && arrow_finish(w, fd, &(struct arrow_footer_info){0}, &size, &crc, err);
}

struct snapshot *overview_snapshot(struct snapshot *snap, struct err *err) {
    struct arena arena = {0};
    struct arrow_schema schema;
    struct arrow_writer *w = NULL;
    struct arrow_file *file = NULL;
    char path[32];
    // A file without a name, mapped like those of the store.
    auto_close int fd = memfd_create("datasets", MFD_CLOEXEC);
    if (fd < 0) {
        err_sys(err, "cannot make the list of datasets");
        return NULL;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (schema_arrow(&overview_dataset, "", &arena, &schema, err)) {
        w = arrow_writer_new(&schema, NULL, err);
    }
    if (w && write_rows(snap, w, fd, err)) {
        file = arrow_open(path, &(struct arrow_open){0}, err);
    }
    arrow_writer_free(w);
    arena_done(&arena);
    return file ? snapshot_of_file(overview_dataset.name, file) : NULL;
}
