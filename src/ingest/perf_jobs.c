// The spelling of a line of jobs: keys, their order, the canonical text.
#include "ingest/perf_jobs.h"

#include "base/date.h"
#include "base/num.h"
#include "schema/perf_jobs.h"

const struct dataset_def *const perf_jobs_datasets[] = {&schema_perf_jobs_by_signature,
                                                        &schema_perf_jobs, NULL};

enum { IN_TIME_S = 600 };

static const struct sv names[JOB_N_KEYS] = {
    [JOB_JOB_ID] = SV_INIT("job_id"),
    [JOB_ID] = SV_INIT("id"),
    [JOB_VALUE] = SV_INIT("value"),
    [JOB_PUSH_TIMESTAMP] = SV_INIT("push_timestamp"),
    [JOB_PUSH_ID] = SV_INIT("push_id"),
    [JOB_REVISION] = SV_INIT("revision"),
    [JOB_SUBMIT_TIME] = SV_INIT("submit_time"),
    [JOB_MACHINE_NAME] = SV_INIT("machine_name"),
};

struct sv job_key_name(enum job_key key) {
    return names[key];
}

enum job_key job_key_of(struct sv name) {
    enum job_key key = JOB_JOB_ID;
    while (key < JOB_N_KEYS && !sv_eq(names[key], name)) {
        key++;
    }
    return key;
}

bool job_order_eq(const struct job_order *a, const struct job_order *b) {
    return a->n == b->n && memcmp(a->keys, b->keys, a->n) == 0;
}

struct job_order job_order_usual(void) {
    struct job_order order = {.n = JOB_N_KEYS};
    for (size_t i = 0; i < JOB_N_KEYS; i++) {
        order.keys[i] = (uint8_t)i;
    }
    return order;
}

bool job_order_is_usual(const struct job_order *order) {
    const struct job_order usual = job_order_usual();
    return job_order_eq(order, &usual);
}

void job_order_write(const struct job_order *order, struct str *out) {
    for (uint8_t i = 0; i < order->n; i++) {
        if (i) {
            str_add_byte(out, ',');
        }
        str_add_sv(out, names[order->keys[i]]);
    }
}

bool job_order_parse(struct sv text, struct job_order *out) {
    struct sv name;
    *out = (struct job_order){0};
    if (!text.len) {
        return true; // jobs without any key
    }
    while (sv_split(&text, ',', &name)) {
        const enum job_key key = job_key_of(name);
        if (key == JOB_N_KEYS || out->n == JOB_N_KEYS) {
            return false;
        }
        out->keys[out->n++] = (uint8_t)key;
    }
    return true;
}

bool job_in_time(const struct perf_job *job, struct job_times times) {
    if (!times.submit_given) {
        return true;
    }
    const int64_t wait_us = job->submit_us - job->push_us;
    return times.push_exact && times.submit_exact && wait_us >= 0 &&
           wait_us <= IN_TIME_S * US_PER_SEC;
}

// --- the canonical text ---

static void write_time(struct str *out, int64_t at_us) {
    str_add_byte(out, '"');
    str_add_iso(out, at_us);
    str_add_byte(out, '"');
}

static void write_value(struct str *out, enum job_key key, const struct perf_job *job) {
    switch (key) {
    case JOB_JOB_ID:
        str_add_i64(out, job->job_id);
        break;
    case JOB_ID:
        str_add_i64(out, job->id);
        break;
    case JOB_VALUE:
        str_add_f64(out, job->value);
        break;
    case JOB_PUSH_TIMESTAMP:
        write_time(out, job->push_us);
        break;
    case JOB_PUSH_ID:
        str_add_i64(out, job->push_id);
        break;
    case JOB_REVISION:
        str_add_json(out, job->revision, JSON_ASCII);
        break;
    case JOB_SUBMIT_TIME:
        write_time(out, job->submit_us);
        break;
    case JOB_MACHINE_NAME:
        str_add_json(out, job->machine_name, JSON_ASCII);
        break;
    case JOB_N_KEYS:
        break;
    }
}

void job_write(struct str *out, const struct job_order *order, const struct perf_job *job) {
    str_add_byte(out, '{');
    for (uint8_t i = 0; i < order->n; i++) {
        const enum job_key key = (enum job_key)order->keys[i];
        str_add(out, ", \"", i ? 3 : 0);
        str_add(out, "\"", i ? 0 : 1);
        str_add_sv(out, names[key]);
        str_add(out, "\": ", 3);
        if (job_has(job, key)) {
            write_value(out, key, job);
        } else {
            str_add(out, "null", 4);
        }
    }
    if (job->extra.len) {
        str_add(out, ", ", order->n ? 2 : 0);
        str_add_sv(out, job->extra);
    }
    str_add_byte(out, '}');
}

void job_line_write(struct str *out, int64_t signature_id, const struct job_order *order,
                    const struct perf_job *jobs, size_t n) {
    str_add_cstr(out, "{\"signature_id\": ");
    str_add_i64(out, signature_id);
    str_add_cstr(out, ", \"jobs\": [");
    for (size_t i = 0; i < n; i++) {
        str_add(out, ", ", i ? 2 : 0);
        job_write(out, order, &jobs[i]);
    }
    str_add(out, "]}", 2);
}
