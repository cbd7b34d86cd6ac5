// `:derive` in the explorer: stages run in the pool while the keys go on, then the view is
// refreshed.
#include <stdlib.h>

#include "app/explore.h"
#include "catalog/catalog.h"

struct derive_task {
    struct explorer *ex;
    char *stage; // NULL: all that is out of date
    struct derive_result result;
};

static void report_progress(void *arg, const struct derive_progress *p) {
    job_progress(arg, p->done, p->all);
}

// On a worker. The settings do not change while the explorer runs.
static bool run(struct job *job, struct err *err) {
    struct derive_task *task = job->arg;
    const char *const stages[] = {task->stage};
    const struct derive_opts opts = {
        .store_dir = task->ex->app->store_dir,
        .stages = stages,
        .n_stages = task->stage ? 1 : 0,
        .setting = app_get_setting,
        .setting_arg = task->ex->app,
        .progress = report_progress,
        .arg = job,
        .cancel = &job->cancel,
    };
    return catalog_derive(&opts, &task->result, err);
}

// The first that failed, else the named one when it could not run; NULL = none.
static const struct stage_result *failed_stage(const struct derive_task *task) {
    const struct derive_result *r = &task->result;
    for (size_t i = 0; i < r->n_stages; i++) {
        if (r->stages[i].failed) {
            return &r->stages[i];
        }
    }
    const struct stage_result *last = r->n_stages ? &r->stages[r->n_stages - 1] : NULL;
    return task->stage && last && !last->ran ? last : NULL;
}

static void say_result(struct ui *ui, const struct derive_task *task) {
    const struct stage_result *failed = failed_stage(task);
    if (failed) {
        ui_message(ui, true, "%s: %s", failed->stage->name,
                   failed->failed ? failed->err.msg : failed->why);
        return;
    }
    auto_str names = STR_INIT;
    for (size_t i = 0; i < task->result.n_stages; i++) {
        if (task->result.stages[i].ran) {
            str_addf(&names, "%s%s", names.len ? ", " : "", task->result.stages[i].stage->name);
        }
    }
    if (names.len) {
        ui_message(ui, false, "derived %s", str_cstr(&names));
    } else {
        ui_message(ui, false, "nothing is out of date; culprit derive --list says more");
    }
}

static void finish(struct job *job) {
    struct derive_task *task = job->arg;
    struct explorer *ex = task->ex;
    ex->derive = NULL;
    if (ex->ui) { // it goes before the pool does
        struct err err = ERR_INIT;
        const bool ok = ui_refresh(ex->ui, &err);
        if (job->state != JOB_DONE) {
            ui_message(ex->ui, true, "%s", job->err.msg);
        } else if (!ok) {
            ui_message(ex->ui, true, "%s", err.msg);
        } else {
            say_result(ex->ui, task);
        }
    }
    derive_result_done(&task->result);
    free(task->stage);
    free(task);
}

void explorer_derive(struct explorer *ex, struct sv stage) {
    if (ex->derive) {
        ui_message(ex->ui, true, "already deriving; Ctrl-C stops it");
        return;
    }
    struct derive_task *task = xcalloc(1, sizeof *task);
    task->ex = ex;
    task->stage = stage.len ? xstrndup(stage.ptr, stage.len) : NULL;
    ex->derive = pool_submit(
        ex->pool, &(struct job){.name = "derive", .run = run, .finish = finish, .arg = task});
    ui_message(ex->ui, false, "deriving %s ...", task->stage ? task->stage : "what is out of date");
}

void explorer_cancel(struct explorer *ex) {
    if (ex->derive) {
        job_cancel(ex->derive);
        ui_message(ex->ui, false, "stopping; what is finished stays");
    }
}
