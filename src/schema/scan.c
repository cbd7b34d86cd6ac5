#include "schema/scan.h"

#include <math.h>

bool scan_open(struct scan *s, const struct snapshot *snap, const struct dataset_def *def,
               struct err *err) {
    BUG_ON(def->n_columns > SCAN_MAX_COLUMNS);
    *s = (struct scan){.def = def, .ds = snapshot_dataset(snap, def->name), .segment = SIZE_MAX};
    return s->ds || err_set(err, ERR_NOT_FOUND, "the store has no dataset %s", def->name);
}

static void map_columns(struct scan *s, const struct arrow_file *file) {
    const struct arrow_schema *schema = arrow_schema(file);
    for (size_t c = 0; c < s->def->n_columns; c++) {
        s->idx[c] = arrow_field_index(schema, sv_cstr(s->def->columns[c].name));
    }
}

// The file that the next batch is in; NULL at the end.
static struct arrow_file *next_file(struct scan *s) {
    while (s->segment == SIZE_MAX ||
           (s->segment < s->ds->n_segments &&
            s->batch >= arrow_n_batches(s->ds->segments[s->segment].arrow))) {
        s->segment++;
        s->batch = 0;
        if (s->segment < s->ds->n_segments) {
            map_columns(s, s->ds->segments[s->segment].arrow);
        }
    }
    return s->segment < s->ds->n_segments ? s->ds->segments[s->segment].arrow : NULL;
}

static bool use_batch(struct scan *s, struct arrow_file *file, struct err *err) {
    const struct arrow_batch *batch = arrow_batch(file, s->batch++, err);
    if (!batch) {
        s->failed = true;
        return false;
    }
    for (size_t c = 0; c < s->def->n_columns; c++) {
        s->cols[c] = s->idx[c] < 0 ? NULL : &batch->cols[s->idx[c]];
    }
    s->n_rows = batch->n_rows;
    s->first_row = s->ds->segments[s->segment].first_row + batch->first_row;
    return true;
}

bool scan_next(struct scan *s, struct err *err) {
    struct arrow_file *file = next_file(s);
    return file && use_batch(s, file, err);
}

bool scan_seek(struct scan *s, int64_t row, int64_t *slot, struct err *err) {
    if (s->segment != SIZE_MAX && row >= s->first_row && row < s->first_row + s->n_rows) {
        *slot = row - s->first_row;
        return true;
    }
    int64_t local;
    const struct segment *seg = dataset_segment(s->ds, row, &local);
    if ((size_t)(seg - s->ds->segments) != s->segment) {
        s->segment = (size_t)(seg - s->ds->segments);
        map_columns(s, seg->arrow);
    }
    s->batch = arrow_find_batch(seg->arrow, local, slot);
    return use_batch(s, seg->arrow, err);
}

bool scan_close(struct scan *s) {
    return !s->failed;
}

int64_t scan_n_rows(const struct snapshot *snap, const struct dataset_def *def) {
    const struct dataset *ds = snapshot_dataset(snap, def->name);
    return ds ? ds->n_rows : 0;
}

double scan_f64(const struct scan *s, int col, int64_t slot) {
    return s->cols[col] ? arrow_get_f64(s->cols[col], slot) : (double)NAN;
}

struct sv scan_text(const struct scan *s, int col, int64_t slot) {
    return s->cols[col] ? arrow_get_text(s->cols[col], slot) : SV_NULL;
}

const struct arrow_col *scan_list(const struct scan *s, int col, int64_t slot, int64_t *from,
                                  int64_t *to) {
    *from = *to = 0;
    return s->cols[col] && arrow_get_list(s->cols[col], slot, from, to) ? s->cols[col]->children
                                                                        : NULL;
}
