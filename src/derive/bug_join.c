// alert_bug_tests: the alert summaries that ended with a bug, each with the tests and platforms
// that regressed.
#include "base/array.h"
#include "base/map.h"
#include "derive/derive_int.h"

// Numbers of the statuses whose summaries are of interest; see schema/enums.c.
enum { STATUS_WONTFIX = 6, STATUS_FIXED = 7, STATUS_BACKEDOUT = 8 };

struct kept {
    int64_t seq, id, bug;
    struct sv revision;
    struct opt_i64 created_us;
    size_t first_test, n_tests; // in the sorted list of tests
};

// A regression of a kept summary. Texts are 1 + their number in `texts`, 0 = null.
struct test {
    uint32_t kept;
    int32_t pos;
    bool related;
    uint32_t test, platform;
};

struct join {
    struct int_map ids; // of the kept summaries
    ARRAY(struct kept) kept;
    ARRAY(struct test) tests;
    struct text_map texts;
    struct int_map pairs;    // of test and platform
    ARRAY(uint32_t) seen_in; // by pair: 1 + the last summary that had it
};

static void keep_summary(void *arg, const struct scan *s, int64_t slot) {
    struct join *j = arg;
    const int64_t status = scan_i64(s, AS_STATUS, slot);
    const int64_t bug = scan_i64(s, AS_BUG_NUMBER, slot);
    if (status < STATUS_WONTFIX || status > STATUS_BACKEDOUT || !bug) {
        return;
    }
    bool is_new;
    const int64_t id = scan_i64(s, AS_ID, slot);
    int_map_put(&j->ids, id, &is_new);
    if (is_new) {
        array_push(&j->kept, (struct kept){scan_i64(s, AS_SEQ, slot), id, bug,
                                           scan_text(s, AS_REVISION, slot),
                                           scan_opt(s, AS_CREATED, slot), 0, 0});
    }
}

static uint32_t text_number(struct join *j, struct sv text) {
    return text.ptr ? 1 + text_map_put(&j->texts, text, NULL) : 0;
}

static struct sv text_of(const struct join *j, uint32_t number) {
    return number ? text_map_key(&j->texts, number - 1) : SV_NULL;
}

static void keep_test(void *arg, const struct scan *s, int64_t slot) {
    struct join *j = arg;
    if (!scan_bool(s, AL_IS_REGRESSION, slot)) {
        return;
    }
    const uint32_t kept = int_map_get(&j->ids, scan_i64(s, AL_SUMMARY_ID, slot));
    const struct sv test = scan_text(s, AL_TEST, slot);
    const struct sv platform = scan_text(s, AL_PLATFORM, slot);
    if (kept == MAP_NONE || (!test.len && !platform.len)) {
        return;
    }
    array_push(&j->tests, (struct test){kept, (int32_t)scan_i64(s, AL_POS, slot),
                                        scan_bool(s, AL_RELATED, slot), text_number(j, test),
                                        text_number(j, platform)});
}

static int by_place(const void *a, const void *b) {
    const struct test *x = a, *y = b;
    if (x->kept != y->kept) {
        return x->kept < y->kept ? -1 : 1;
    }
    if (x->related != y->related) {
        return x->related ? 1 : -1;
    }
    return (x->pos > y->pos) - (x->pos < y->pos);
}

static void sort_tests(struct join *j) {
    if (!j->tests.n) {
        return;
    }
    qsort(j->tests.ptr, j->tests.n, sizeof *j->tests.ptr, by_place);
    for (size_t i = 0; i < j->tests.n; i++) {
        struct kept *k = &j->kept.ptr[j->tests.ptr[i].kept];
        k->first_test = k->n_tests ? k->first_test : i;
        k->n_tests++;
    }
}

static int by_seq(const void *a, const void *b) {
    const struct kept *x = a, *y = b;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

static bool seen_before(struct join *j, const struct test *t) {
    bool is_new;
    const int64_t key = (int64_t)((uint64_t)t->test << 32 | t->platform);
    const uint32_t pair = int_map_put(&j->pairs, key, &is_new);
    if (is_new) {
        array_push(&j->seen_in, 0);
    }
    const bool seen = j->seen_in.ptr[pair] == t->kept + 1;
    j->seen_in.ptr[pair] = t->kept + 1;
    return seen;
}

static bool write_row(struct derive *d, struct join *j, const struct kept *k, struct err *err) {
    arrow_add_i64(derive_col(d, 0, ABT_REGRESSION_BUG_ID), k->bug);
    arrow_add_i64(derive_col(d, 0, ABT_SUMMARY_ID), k->id);
    add_text(derive_col(d, 0, ABT_REVISION), k->revision);
    add_opt(derive_col(d, 0, ABT_CREATED), k->created_us);
    struct arrow_builder *list = derive_col(d, 0, ABT_TESTS);
    arrow_list_begin(list);
    for (size_t i = 0; i < k->n_tests; i++) {
        const struct test *t = &j->tests.ptr[k->first_test + i];
        if (!seen_before(j, t)) {
            add_test(list, text_of(j, t->test), text_of(j, t->platform));
        }
    }
    arrow_list_end(list);
    return arrow_row_end(d->out[0], err);
}

bool derive_alert_bug_tests(struct derive *d, struct err *err) {
    struct join j = {0};
    bool ok = scan_each(d, &schema_alert_summaries, keep_summary, &j, err) &&
              scan_each(d, &schema_alerts, keep_test, &j, err);
    if (ok && j.kept.n) {
        sort_tests(&j);
        qsort(j.kept.ptr, j.kept.n, sizeof *j.kept.ptr, by_seq);
    }
    for (size_t i = 0; ok && i < j.kept.n; i++) {
        ok = write_row(d, &j, &j.kept.ptr[i], err);
    }
    int_map_done(&j.ids);
    int_map_done(&j.pairs);
    text_map_done(&j.texts);
    array_done(&j.kept);
    array_done(&j.tests);
    array_done(&j.seen_in);
    return ok;
}
