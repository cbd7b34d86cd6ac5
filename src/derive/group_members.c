#include "derive/group_members.h"

#include "derive/derive_int.h"
#include "schema/perf_jobs.h"

static void add_group(void *arg, const struct scan *s, int64_t slot) {
    struct group_members *out = arg;
    const int64_t group = scan_i64(s, GR_GROUP_ID, slot);
    int64_t from, to;
    const struct arrow_col *items = scan_list(s, GR_SIGNATURES, slot, &from, &to);
    for (; from < to; from++) {
        if (!arrow_is_null(items, from)) {
            array_push(out, (struct group_member){arrow_get_i64(items, from), group});
        }
    }
}

bool group_members_load(struct group_members *out, const struct derive *d, struct err *err) {
    return scan_each(d, &schema_sig_groups, add_group, out, err);
}
