#include "view/plot.h"

#include <math.h>
#include <stdlib.h>

#include "base/date.h"
#include "catalog/catalog.h"
#include "view/view_int.h"

// --- reading, on any thread ---------------------------------------------------------------------

// A copy of all that reading the points needs.
struct feed {
    struct snapshot *snap; // owned reference: the columns live in it
    enum plot_kind kind;
    struct column x, y, mark;
    bool has_x, has_mark, x_is_time;
    const uint32_t *rows;
    size_t n_rows;
    uint32_t *own_rows; // owned copy of `rows`; NULL = borrowed
    int n_bins;
    bool has_values; // of a histogram: `points` were read before, only the bins are new
    struct plot_points points;
    struct histogram bins;
};

enum { LOOK_EVERY = 4096 }; // rows between two looks at the cancel flag

static double value_of(const struct column *c, uint32_t row) {
    const struct cell cell = column_cell(c, row);
    if (cell_is_null(cell)) {
        return NAN;
    }
    return c->class == CLASS_TIME ? (double)arrow_get_i64(cell.col, cell.slot)
                                  : arrow_get_f64(cell.col, cell.slot);
}

static void read_point(struct feed *f, size_t line) {
    struct plot_points *p = &f->points;
    const uint32_t row = f->rows[line];
    const double y = value_of(f->kind == PLOT_HISTOGRAM ? &f->x : &f->y, row);
    double x = f->kind == PLOT_STRIP ? (double)line : (double)line + 1;
    if (f->kind == PLOT_LINE && f->has_x) {
        x = value_of(&f->x, row);
    }
    if (!isfinite(x) || !isfinite(y)) {
        p->n_without++;
        return;
    }
    if (f->kind == PLOT_HISTOGRAM) {
        p->values[p->n++] = y;
        return;
    }
    if (y > 0 && (y < p->least_above_0 || p->least_above_0 == 0)) {
        p->least_above_0 = y;
    }
    const bool marked = f->has_mark && !cell_is_null(column_cell(&f->mark, row));
    p->n_marked += marked;
    p->ptr[p->n++] = (struct plot_point){.x = x, .y = y, .line = (uint32_t)line, .marked = marked};
}

// --- order ---

static int compare_points(const void *a, const void *b) {
    const struct plot_point *pa = a;
    const struct plot_point *pb = b;
    if (pa->x != pb->x) {
        return pa->x < pb->x ? -1 : 1;
    }
    return pa->line < pb->line ? -1 : pa->line > pb->line;
}

static void reverse(struct plot_point *p, size_t n) {
    for (size_t i = 0; i < n / 2; i++) {
        const struct plot_point t = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = t;
    }
}

// Rows are mostly in the order of their time already, or in the opposite one.
static void order_points(struct plot_points *p) {
    bool up = true;
    bool down = true;
    for (size_t i = 1; i < p->n; i++) {
        up = up && p->ptr[i - 1].x <= p->ptr[i].x;
        down = down && p->ptr[i - 1].x >= p->ptr[i].x;
    }
    if (up) {
        return;
    }
    if (!down) {
        qsort(p->ptr, p->n, sizeof *p->ptr, compare_points);
        return;
    }
    reverse(p->ptr, p->n);
}

static void index_points(struct plot_points *p) {
    p->of_line = xcalloc(p->n_rows + 1, sizeof *p->of_line);
    for (size_t i = 0; i < p->n_rows; i++) {
        p->of_line[i] = PLOT_NO_POINT;
    }
    for (size_t i = 0; i < p->n; i++) {
        p->of_line[p->ptr[i].line] = (uint32_t)i;
    }
}

// Ascending, each once.
static void keep(struct plot_points *p, size_t *four) {
    for (size_t i = 1; i < 4; i++) {
        for (size_t k = i; k > 0 && four[k] < four[k - 1]; k--) {
            const size_t t = four[k];
            four[k] = four[k - 1];
            four[k - 1] = t;
        }
    }
    for (size_t i = 0; i < 4; i++) {
        if (i == 0 || four[i] != four[i - 1]) {
            p->thin[p->n_thin++] = (uint32_t)four[i];
        }
    }
}

static void thin_out(struct plot_points *p) {
    if (p->n < PLOT_THIN_FROM) {
        return;
    }
    const size_t few = p->n / (PLOT_THIN_FROM / 8) + 1;
    p->thin = xcalloc((p->n / few + 1) * 4, sizeof *p->thin);
    for (size_t from = 0; from < p->n; from += few) {
        const size_t end = MIN(from + few, p->n);
        size_t four[4] = {from, end - 1, from, from};
        for (size_t i = from; i < end; i++) {
            four[2] = p->ptr[i].y < p->ptr[four[2]].y ? i : four[2];
            four[3] = p->ptr[i].y > p->ptr[four[3]].y ? i : four[3];
        }
        keep(p, four);
    }
}

static bool read_points(struct feed *f, const atomic_bool *cancel, struct err *err) {
    struct plot_points *p = &f->points;
    p->n_rows = f->n_rows;
    if (f->kind == PLOT_HISTOGRAM) {
        p->values = xcalloc(f->n_rows + 1, sizeof *p->values);
    } else {
        p->ptr = xcalloc(f->n_rows + 1, sizeof *p->ptr);
    }
    for (size_t i = 0; i < f->n_rows; i++) {
        if (cancel && i % LOOK_EVERY == 0 && atomic_load_explicit(cancel, memory_order_relaxed)) {
            return err_set(err, ERR_CANCELLED, "cancelled");
        }
        read_point(f, i);
    }
    return true;
}

// One single instant is widened to an hour: half a microsecond to either side is none to look at.
static void make_bins(struct histogram *h, const struct plot_points *p, size_t n_bins,
                      bool is_time) {
    histogram_make(h, p->values, p->n, n_bins);
    if (!is_time || !h->n || h->min < h->max) {
        return;
    }
    const double width = (double)US_PER_HOUR / (double)h->n_bins;
    for (size_t i = 0; i <= h->n_bins; i++) {
        h->edges[i] = h->min + ((double)i - (double)h->n_bins / 2) * width;
    }
}

static bool feed_run(struct feed *f, const atomic_bool *cancel, struct err *err) {
    struct plot_points *p = &f->points;
    if (!f->has_values && !read_points(f, cancel, err)) {
        return false;
    }
    if (f->kind == PLOT_HISTOGRAM) {
        make_bins(&f->bins, p, (size_t)f->n_bins, f->x_is_time);
        return true;
    }
    order_points(p);
    index_points(p);
    thin_out(p);
    return true;
}

static void points_done(struct plot_points *p) {
    free(p->ptr);
    free(p->of_line);
    free(p->thin);
    free(p->values);
    *p = (struct plot_points){0};
}

static void feed_done(struct feed *f) {
    points_done(&f->points);
    histogram_done(&f->bins);
    free(f->own_rows);
    if (f->snap) {
        snapshot_unref(f->snap);
    }
}

// --- what is plotted ----------------------------------------------------------------------------

bool plot_can_show(const struct view_col *col, bool times) {
    const struct column *c = &col->column;
    if (c->col < 0 || c->subkey.ptr || c->values) {
        return false;
    }
    return c->class == CLASS_INT || c->class == CLASS_FLOAT || (times && c->class == CLASS_TIME);
}

void plot_spec_for(const struct view *v, size_t col, enum plot_kind kind, struct view_plot *out) {
    const struct sv name = v->cols[col].def->name;
    *out = (struct view_plot){.kind = kind, .bins = PLOT_BINS};
    if (kind == PLOT_HISTOGRAM) {
        out->x = name;
        return;
    }
    out->y = name;
    for (size_t i = 0; i < v->n_cols && !out->x.len; i++) {
        if (!v->cols[i].hidden && v->cols[i].column.class == CLASS_TIME) {
            out->x = v->cols[i].def->name;
        }
    }
}

// {NAME} replaced by what it stands for in this view; nothing where that has no value.
static struct sv fill_in(const struct view *v, struct sv text, struct arena *a) {
    auto_str out = STR_INIT;
    auto_str scratch = STR_INIT;
    ptrdiff_t from;
    while ((from = sv_find_byte(text, '{')) >= 0) {
        ptrdiff_t to = sv_find_byte(text, '}');
        struct sv value;
        if (to < from) {
            break;
        }
        str_add_sv(&out, sv_sub(text, 0, (size_t)from));
        struct sv name = sv_sub(text, (size_t)from + 1, (size_t)(to - from - 1));
        if (view_value_of(v, v->cursor, name, &scratch, &value)) {
            str_add_sv(&out, value);
        }
        text = sv_from(text, (size_t)to + 1);
    }
    str_add_sv(&out, text);
    return arena_sv(a, str_sv(&out));
}

static void copy_spec(struct plot *p, const struct view *v, const struct view_plot *spec) {
    struct arena *a = &p->arena;
    p->spec = (struct view_plot){
        .kind = spec->kind,
        .x = arena_sv(a, spec->x),
        .y = arena_sv(a, spec->y),
        .name = arena_sv(a, spec->name),
        .mark = arena_sv(a, spec->mark),
        .bins = MAX(1, MIN(spec->bins, PLOT_BINS_MAX)),
        .title = fill_in(v, spec->title, a),
        .x_label = fill_in(v, spec->x_label, a),
        .y_label = fill_in(v, spec->y_label, a),
        .unit = fill_in(v, spec->unit, a),
    };
}

static bool is_derived(const struct view_col *col) {
    const struct dataset *ds = col && col->column.table ? table_dataset(col->column.table) : NULL;
    const struct dataset_entry *entry = ds ? catalog_dataset(sv_cstr(ds->name)) : NULL;
    return entry && entry->stage;
}

// The units that formats of spans stand for are not repeated by the schema's unit.
static struct sv unit_of(const struct view_col *col) {
    return col && col->column.unit ? sv_cstr(col->column.unit) : SV("");
}

static bool check_axis(struct plot *p, const struct view *v, struct sv name, bool times) {
    const struct view_col *col = view_col_named(v, name);
    if (!name.len) {
        return true;
    }
    if (!col) {
        return err_set(&p->error, ERR_NOT_FOUND, "the view has no column %.*s", SV_ARG(name));
    }
    if (v->table && !plot_can_show(col, times)) {
        return err_set(&p->error, ERR_USAGE, "%.*s holds no numbers%s to plot",
                       SV_ARG(col->def->label), times ? " or times" : "");
    }
    return true;
}

struct plot *plot_new(const struct view *v, const struct view_plot *spec) {
    struct plot *p = xcalloc(1, sizeof *p);
    copy_spec(p, v, spec);
    const bool histogram = spec->kind == PLOT_HISTOGRAM;
    const struct view_col *x = view_col_named(v, p->spec.x);
    const struct view_col *y = histogram ? x : view_col_named(v, p->spec.y);
    if (check_axis(p, v, p->spec.x, true) && !histogram) {
        (void)check_axis(p, v, p->spec.y, false);
    }
    if (p->error.code == ERR_NONE && !y) {
        err_set(&p->error, ERR_USAGE, "nothing to plot");
    }
    p->x_is_row = !x;
    p->x_is_time = x && x->column.class == CLASS_TIME;
    p->x_is_int = !x || x->column.class == CLASS_INT;
    p->y_is_int = histogram || (y && y->column.class == CLASS_INT);
    p->y_is_derived = is_derived(y);
    p->x_unit = unit_of(x);
    p->unit = p->spec.unit.len ? p->spec.unit : unit_of(y);
    return p;
}

// --- following the view -------------------------------------------------------------------------

struct plot_job {
    struct plot *plot; // NULL: nobody waits for it any more
    struct feed feed;
    uint64_t rows_version;
    struct job *handle;
};

static void take_points(struct plot *p, struct feed *f, uint64_t rows_version) {
    points_done(&p->points);
    histogram_done(&p->bins);
    p->points = f->points;
    p->bins = f->bins;
    f->points = (struct plot_points){0};
    f->bins = (struct histogram){0};
    p->rows_version = rows_version;
    p->running = false;
    p->version++;
}

static bool job_run(struct job *job, struct err *err) {
    struct plot_job *pj = job->arg;
    return feed_run(&pj->feed, &job->cancel, err);
}

static void job_finish(struct job *job) {
    struct plot_job *pj = job->arg;
    struct plot *p = pj->plot;
    if (p) {
        p->job = NULL;
        p->running = false;
        p->version++;
    }
    if (p && job->state == JOB_DONE) {
        take_points(p, &pj->feed, pj->rows_version);
    } else if (p && pj->feed.has_values) {
        p->points.values = pj->feed.points.values;
        pj->feed.points.values = NULL;
    }
    if (p && job->state == JOB_FAILED) {
        p->error = job->err;
    }
    feed_done(&pj->feed);
    free(pj);
}

static void stop_job(struct plot *p) {
    if (p->job) {
        p->job->plot = NULL;
        job_cancel(p->job->handle);
        p->job = NULL;
        p->running = false;
    }
}

// Borrows the rows of the view; the columns are copied, since the user may move them.
static void make_feed(struct feed *f, const struct plot *p, const struct view *v) {
    const struct view_col *x = view_col_named(v, p->spec.x);
    const struct view_col *y = view_col_named(v, p->spec.y);
    const struct view_col *mark = view_col_named(v, p->spec.mark);
    *f = (struct feed){.kind = p->spec.kind,
                       .has_x = x,
                       .has_mark = mark,
                       .x_is_time = p->x_is_time,
                       .n_bins = p->spec.bins,
                       .rows = v->rows.idx,
                       .n_rows = v->table ? v->rows.n : 0};
    f->snap = v->table ? snapshot_ref(table_snapshot(v->table)) : NULL;
    f->x = x ? x->column : f->x;
    f->y = y ? y->column : f->y;
    f->mark = mark ? mark->column : f->mark;
}

static void copy_rows(struct feed *f) {
    f->own_rows = xcalloc(f->n_rows, sizeof *f->own_rows);
    memcpy(f->own_rows, f->rows, f->n_rows * sizeof *f->rows);
    f->rows = f->own_rows;
}

static void start_job(struct plot *p, const struct feed *f, uint64_t rows_version,
                      struct pool *pool) {
    struct plot_job *pj = xcalloc(1, sizeof *pj);
    pj->plot = p;
    pj->feed = *f;
    pj->rows_version = rows_version;
    const struct job job = {.name = "plot", .run = job_run, .finish = job_finish, .arg = pj};
    p->job = pj;
    p->running = true;
    p->version++;
    pj->handle = pool_submit(pool, &job);
}

// The values go to the job and come back with the bins; until then the former bins are shown.
static bool count_again(struct plot *p, struct pool *pool) {
    if (p->spec.kind != PLOT_HISTOGRAM || p->job || p->bins.n_bins == (size_t)p->spec.bins) {
        return false;
    }
    struct feed feed = {.kind = p->spec.kind,
                        .x_is_time = p->x_is_time,
                        .n_bins = p->spec.bins,
                        .has_values = true,
                        .points = p->points};
    p->points.values = NULL;
    if (pool && p->points.n > VIEW_AT_ONCE_ROWS) {
        start_job(p, &feed, p->rows_version, pool);
        return true;
    }
    if (feed_run(&feed, NULL, &p->error)) {
        take_points(p, &feed, p->rows_version);
    }
    feed_done(&feed);
    return true;
}

bool plot_follow(struct plot *p, const struct view *v, struct pool *pool) {
    const uint64_t now = v->rows_version + 1;
    const uint64_t known = p->job ? p->job->rows_version : p->rows_version;
    if (p->error.code != ERR_NONE) {
        return false;
    }
    if (known == now) {
        return count_again(p, pool);
    }
    stop_job(p);
    struct feed feed;
    make_feed(&feed, p, v);
    if (pool && feed.n_rows > VIEW_AT_ONCE_ROWS) {
        copy_rows(&feed);
        start_job(p, &feed, now, pool);
        return true;
    }
    if (feed_run(&feed, NULL, &p->error)) {
        take_points(p, &feed, now);
    }
    feed_done(&feed);
    return true;
}

void plot_cancel(struct plot *p) {
    if (p->job) {
        stop_job(p);
        points_done(&p->points);
        histogram_done(&p->bins);
        err_set(&p->error, ERR_CANCELLED, "the plot was stopped; . shows it again");
        p->version++;
    }
}

void plot_set_bins(struct plot *p, int bins) {
    p->spec.bins = MAX(1, MIN(bins, PLOT_BINS_MAX));
}

void plot_free(struct plot *p) {
    if (!p) {
        return;
    }
    stop_job(p);
    points_done(&p->points);
    histogram_done(&p->bins);
    arena_done(&p->arena);
    free(p);
}

// --- rows and points ----------------------------------------------------------------------------

size_t plot_point_near(const struct plot *p, size_t line) {
    const struct plot_points *pts = &p->points;
    if (!pts->n || !pts->of_line) {
        return SIZE_MAX;
    }
    for (size_t d = 0; d < pts->n_rows; d++) {
        if (line + d < pts->n_rows && pts->of_line[line + d] != PLOT_NO_POINT) {
            return pts->of_line[line + d];
        }
        if (d <= line && line - d < pts->n_rows && pts->of_line[line - d] != PLOT_NO_POINT) {
            return pts->of_line[line - d];
        }
    }
    return SIZE_MAX;
}

double plot_x_of_row(const struct plot *p, const struct view *v, size_t line) {
    const struct view_col *col = view_col_named(v, p->spec.x);
    if (!col) {
        return (double)line + 1;
    }
    return line < v->rows.n ? value_of(&col->column, v->rows.idx[line]) : NAN;
}

int plot_bin_of(const struct plot *p, double value) {
    const struct histogram *h = &p->bins;
    if (!h->n_bins || !(value >= h->edges[0] && value <= h->edges[h->n_bins])) {
        return -1;
    }
    size_t lo = 0;
    size_t hi = h->n_bins - 1;
    while (lo < hi) {
        size_t mid = (lo + hi + 1) / 2;
        if (h->edges[mid] <= value) {
            lo = mid;
        } else {
            hi = mid - 1;
        }
    }
    return (int)lo;
}

int plot_bin_of_row(const struct plot *p, const struct view *v, size_t line) {
    const struct view_col *col = view_col_named(v, p->spec.x);
    return col && line < v->rows.n ? plot_bin_of(p, value_of(&col->column, v->rows.idx[line])) : -1;
}
