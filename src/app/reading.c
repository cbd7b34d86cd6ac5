#include "app/reading.h"

bool reading_open(struct app *app, struct reading *r) {
    struct err err = ERR_INIT;
    *r = (struct reading){0};
    r->snap = snapshot_open(app->store_dir, &r->damage, &err);
    if (!r->snap) {
        app_fail(&err);
    }
    return r->snap != NULL;
}

// Places that were found to be wrong, or no longer there, while they were read.
static void add_met(struct reading *r) {
    for (size_t i = 0; i < r->snap->n_datasets; i++) {
        const struct dataset *ds = &r->snap->datasets[i];
        for (size_t s = 0; s < ds->n_segments; s++) {
            const struct arrow_file *file = ds->segments[s].arrow;
            if (arrow_damaged(file)) {
                str_addf(&r->damage,
                         "%s: %s is damaged, values of it are missing; culprit check says where\n",
                         ds->name, arrow_path(file));
            }
        }
    }
}

static bool is_of(struct sv line, struct sv dataset) {
    return sv_starts(line, dataset) && sv_starts(sv_from(line, dataset.len), SV(":"));
}

struct sv reading_damage(const struct reading *r, struct sv dataset) {
    struct sv rest = str_sv(&r->damage);
    struct sv line;
    while (sv_split(&rest, '\n', &line)) {
        if (is_of(line, dataset)) {
            return line;
        }
    }
    return SV_NULL;
}

static bool concerns(struct sv line, const struct sv *datasets, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (is_of(line, datasets[i])) {
            return true;
        }
    }
    return false;
}

int reading_close(struct app *app, struct reading *r, const struct sv *datasets, size_t n,
                  int status) {
    add_met(r);
    struct sv rest = str_sv(&r->damage);
    struct sv line;
    bool partial = false;
    while (sv_split(&rest, '\n', &line)) {
        if (!line.len) {
            continue;
        }
        if (concerns(line, datasets, n)) {
            struct err err = ERR_INIT;
            err_set(&err, ERR_FORMAT, "%.*s", SV_ARG(line));
            app_fail(&err);
            partial = true;
        } else {
            app_note(app, "%.*s", SV_ARG(line));
        }
    }
    snapshot_unref(r->snap);
    str_done(&r->damage);
    *r = (struct reading){0};
    const bool success = status == EXIT_OK || status == EXIT_NO_MATCH || status == EXIT_NO_DATA;
    return partial && success ? EXIT_PARTIAL : status;
}
