#include "view/overview.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arrow/arrow_write.h"
#include "base/date.h"
#include "base/map.h"
#include "base/scope.h"
#include "catalog/catalog.h"
#include "query/query.h"
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
};

static const struct column_def columns[] = {
    [OV_NAME] = {"name", "text", COL_KEY, NULL, "Name of the dataset.", NULL},
    [OV_TITLE] = {"title", "text", COL_NULLABLE, NULL, "What it is.", NULL},
    [OV_ROWS] = {"rows", "i64", 0, NULL, "Rows in the store.", NULL},
    [OV_SEGMENTS] = {"segments", "i64", 0, NULL, "Files it consists of.", NULL},
    [OV_SIZE] = {"size", "i64", 0, "bytes", "Size of these files.", NULL},
    [OV_PROBLEMS] = {"problems", "i64", COL_NULLABLE, NULL,
                     "Rows that could not be read, of all files of its format.", NULL},
    [OV_SOURCE] = {"source", "text", COL_NULLABLE, NULL, "File or address it came from last.",
                   NULL},
    [OV_FETCHED] = {"fetched", "ts", COL_NULLABLE, NULL, "When.", NULL},
    [OV_GENERATION] = {"generation", "text", 0, NULL, "Generation in which it last changed.", NULL},
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
    .help = "What the store holds, one row for each dataset.",
};

// --- problems by format -------------------------------------------------------------------------

struct problem_counts {
    struct table *table; // NULL: the store has no problems
    struct key_index *by_format;
};

static void open_problems(struct snapshot *snap, struct problem_counts *out) {
    *out = (struct problem_counts){.table = table_get(snap, sv_cstr(schema_problems.name), NULL)};
    int col = out->table ? table_column(out->table, SV("format")) : -1;
    out->by_format = col >= 0 ? table_index(out->table, (size_t)col, NULL) : NULL;
}

static bool yields(const struct format_def *format, const char *dataset) {
    for (size_t i = 0; format->datasets[i]; i++) {
        if (sv_is(sv_cstr(format->datasets[i]->name), dataset)) {
            return true;
        }
    }
    return false;
}

static int64_t count_problems(const struct problem_counts *counts, const char *dataset) {
    size_t n_formats = 0;
    const struct format_def *formats = catalog_formats(&n_formats);
    int64_t n = 0;
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

static bool add_dataset(struct arrow_writer *w, const struct dataset *ds,
                        const struct problem_counts *problems, struct err *err) {
    const struct dataset_entry *entry = catalog_dataset(sv_cstr(ds->name));
    uint64_t size = 0;
    int64_t fetched_us;
    for (size_t i = 0; i < ds->n_segments; i++) {
        size += ds->segments[i].size_bytes;
    }
    add_text(w, OV_NAME, ds->name);
    add_text(w, OV_TITLE, entry ? entry->def->title : NULL);
    arrow_add_i64(arrow_column(w, OV_ROWS), ds->n_rows);
    arrow_add_i64(arrow_column(w, OV_SEGMENTS), (int64_t)ds->n_segments);
    arrow_add_i64(arrow_column(w, OV_SIZE), (int64_t)size);
    arrow_add_i64(arrow_column(w, OV_PROBLEMS), count_problems(problems, ds->name));
    add_text(w, OV_SOURCE, ds->source.origin);
    if (ds->source.fetched && date_parse_iso(sv_cstr(ds->source.fetched), &fetched_us, NULL)) {
        arrow_add_i64(arrow_column(w, OV_FETCHED), fetched_us);
    }
    add_text(w, OV_GENERATION, ds->generation);
    return arrow_row_end(w, err);
}

static bool write_rows(struct snapshot *snap, struct arrow_writer *w, int fd, struct err *err) {
    struct problem_counts problems;
    uint64_t size;
    uint32_t crc;
    open_problems(snap, &problems);
    for (size_t i = 0; i < snap->n_datasets; i++) {
        if (!add_dataset(w, &snap->datasets[i], &problems, err)) {
            return false;
        }
    }
    return arrow_finish(w, fd, &(struct arrow_footer_info){0}, &size, &crc, err);
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
