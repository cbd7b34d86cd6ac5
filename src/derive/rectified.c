// rectified: coverage per revision in signature groups instead of signatures. Groups whose members
// all belong to frameworks that measure no speed are left out.
#include <stdio.h>

#include "base/array.h"
#include "base/doc.h"
#include "base/map.h"
#include "base/text_write.h"
#include "derive/derive_int.h"
#include "derive/group_members.h"
#include "schema/perf_jobs.h"

struct group {
    int64_t id;
    uint32_t n_members, n_excluded;
    uint32_t last_row; // 1 + the row that named it last
};

struct unknown {
    int64_t signature;
    int64_t n_rows;
    uint32_t last_row; // as above
};

struct rectify {
    struct int_map signatures;
    ARRAY(uint32_t) group_of; // of each signature in `signatures`
    struct int_map ids;       // of groups
    ARRAY(struct group) groups;
    struct int_map unknown_ids;
    ARRAY(struct unknown) unknown;
    ARRAY(int64_t) row; // groups of the revision in hand
    struct str text;
    struct doc doc;
};

// --- groups -------------------------------------------------------------------------------------

static bool place_member(struct rectify *r, const struct group_member *m, struct err *err) {
    bool is_new;
    const uint32_t group = int_map_put(&r->ids, m->group_id, &is_new);
    if (is_new) {
        array_push(&r->groups, (struct group){.id = m->group_id});
    }
    const uint32_t signature = int_map_put(&r->signatures, m->signature_id, &is_new);
    if (is_new) {
        array_push(&r->group_of, group);
        r->groups.ptr[group].n_members++;
        return true;
    }
    const struct group *other = &r->groups.ptr[r->group_of.ptr[signature]];
    return r->group_of.ptr[signature] == group ||
           err_set(err, ERR_FORMAT,
                   "signature %lld is in the groups %lld and %lld of sig_groups; it may be in one",
                   (long long)m->signature_id, (long long)other->id, (long long)m->group_id);
}

static bool load_groups(struct rectify *r, const struct derive *d, struct err *err) {
    struct group_members members = {0};
    bool ok = group_members_load(&members, d, err);
    for (size_t i = 0; ok && i < members.n; i++) {
        ok = place_member(r, &members.ptr[i], err);
    }
    array_done(&members);
    return ok;
}

// --- frameworks ---------------------------------------------------------------------------------

static bool coerce(const struct doc_token *tok, int64_t *out) {
    if (tok->kind == DOC_TEXT) {
        return num_parse_i64(sv_trim(tok->text), out);
    }
    if (tok->kind == DOC_FLOAT && tok->f > -0x1p63 && tok->f < 0x1p63) {
        *out = (int64_t)tok->f;
        return true;
    }
    *out = tok->kind == DOC_BOOL ? tok->b : tok->i;
    return tok->kind == DOC_INT || tok->kind == DOC_BOOL;
}

// A number that stands in the source line in an odd spelling ("2", 2.0).
static bool framework_in_text(struct rectify *r, struct sv line, int64_t *out) {
    struct doc_token tok;
    bool found = false;
    doc_restart(&r->doc, line);
    if (!doc_next(&r->doc, &tok) || tok.kind != DOC_MAP) {
        return false;
    }
    while (doc_next(&r->doc, &tok) && tok.kind == DOC_KEY) {
        const bool is_framework = sv_is(tok.text, "framework_id");
        if (!doc_next(&r->doc, &tok)) {
            break;
        }
        found = is_framework ? coerce(&tok, out) : found;
        if (!doc_skip(&r->doc, &tok)) {
            break;
        }
    }
    return found;
}

struct frameworks {
    struct rectify *r;
    const struct derive_settings *settings;
};

static void look_at_signature(void *arg, const struct scan *s, int64_t slot) {
    const struct frameworks *f = arg;
    struct rectify *r = f->r;
    const uint32_t signature = int_map_get(&r->signatures, scan_i64(s, SG_ID, slot));
    if (signature == MAP_NONE) {
        return;
    }
    int64_t framework = scan_i64(s, SG_FRAMEWORK_ID, slot);
    if (scan_is_null(s, SG_FRAMEWORK_ID, slot) &&
        (scan_is_null(s, SG_RAW, slot) ||
         !framework_in_text(r, scan_text(s, SG_RAW, slot), &framework))) {
        return;
    }
    for (size_t i = 0; i < f->settings->n_exclude_frameworks; i++) {
        if (framework == f->settings->exclude_frameworks[i]) {
            r->groups.ptr[r->group_of.ptr[signature]].n_excluded++;
            return;
        }
    }
}

static bool is_excluded(const struct group *group) {
    return group->n_members > 0 && group->n_excluded == group->n_members;
}

// --- rows ---------------------------------------------------------------------------------------

// The members of the source line but its signatures, with the count in its place; then the groups.
static bool rewrite(struct rectify *r, struct sv line, struct str *out) {
    struct doc_token tok;
    bool has_total = false;
    doc_restart(&r->doc, line);
    bool ok = doc_next(&r->doc, &tok) && tok.kind == DOC_MAP;
    str_add_byte(out, '{');
    while (ok && doc_next(&r->doc, &tok) && tok.kind == DOC_KEY) {
        const bool is_total = sv_is(tok.text, "total_jobs");
        if (sv_is(tok.text, "signature_ids")) {
            ok = doc_next(&r->doc, &tok) && doc_skip(&r->doc, &tok);
            continue;
        }
        str_add_json(out, tok.text, JSON_ASCII);
        str_add_cstr(out, ": ");
        ok = doc_next(&r->doc, &tok);
        if (ok && is_total) {
            has_total = true;
            str_add_i64(out, (int64_t)r->row.n);
            ok = doc_skip(&r->doc, &tok);
        } else {
            ok = ok && doc_copy_json(&r->doc, &tok, out);
        }
        str_add_cstr(out, ", ");
    }
    if (!has_total) {
        str_addf(out, "\"total_jobs\": %zu, ", r->row.n);
    }
    str_add_cstr(out, "\"signature_group_ids\": [");
    for (size_t i = 0; i < r->row.n; i++) {
        str_addf(out, i ? ", %lld" : "%lld", (long long)r->row.ptr[i]);
    }
    str_add_cstr(out, "]}");
    return ok && tok.kind == DOC_MAP_END;
}

static bool write_row(struct derive *d, struct rectify *r, const struct scan *s, int64_t slot,
                      struct err *err) {
    add_text(derive_col(d, 0, RE_REVISION), scan_text(s, RJ_REVISION, slot));
    add_opt(derive_col(d, 0, RE_SUBMIT_TIME), scan_opt(s, RJ_SUBMIT_TIME, slot));
    arrow_add_i64(derive_col(d, 0, RE_TOTAL_JOBS), (int64_t)r->row.n);
    struct arrow_builder *list = derive_col(d, 0, RE_SIGNATURE_GROUP_IDS);
    arrow_list_begin(list);
    array_foreach (id, &r->row) {
        arrow_add_i64(arrow_child(list, 0), *id);
    }
    arrow_list_end(list);
    str_clear(&r->text);
    if (!scan_is_null(s, RJ_RAW, slot) && rewrite(r, scan_text(s, RJ_RAW, slot), &r->text)) {
        arrow_add_text(derive_col(d, 0, RE_RAW), str_sv(&r->text));
    }
    add_text(derive_col(d, 0, RE_EXTRA), scan_text(s, RJ_EXTRA, slot));
    return arrow_row_end(d->out[0], err);
}

static bool skip_unknown(struct rectify *r, const struct derive *d, int64_t signature, uint32_t row,
                         struct err *err) {
    if (d->settings->strict) {
        return err_set(err, ERR_FORMAT,
                       "signature %lld is in no group of sig_groups (coverage.strict is set)",
                       (long long)signature);
    }
    bool is_new;
    const uint32_t idx = int_map_put(&r->unknown_ids, signature, &is_new);
    if (is_new) {
        array_push(&r->unknown, (struct unknown){.signature = signature});
    }
    struct unknown *u = &r->unknown.ptr[idx];
    u->n_rows += u->last_row != row;
    u->last_row = row;
    return true;
}

static bool map_row(struct rectify *r, const struct derive *d, const struct scan *s, int64_t slot,
                    struct err *err) {
    const uint32_t row = (uint32_t)(s->first_row + slot) + 1;
    int64_t from, to;
    const struct arrow_col *items = scan_list(s, RJ_SIGNATURE_IDS, slot, &from, &to);
    array_clear(&r->row);
    for (; from < to; from++) {
        const int64_t id = arrow_get_i64(items, from);
        const uint32_t signature = int_map_get(&r->signatures, id);
        if (signature == MAP_NONE) {
            if (!skip_unknown(r, d, id, row, err)) {
                return false;
            }
            continue;
        }
        struct group *group = &r->groups.ptr[r->group_of.ptr[signature]];
        if (group->last_row != row && !is_excluded(group)) {
            group->last_row = row;
            array_push(&r->row, group->id);
        }
    }
    return true;
}

static bool rectify_rows(struct derive *d, struct rectify *r, struct err *err) {
    struct scan s;
    bool ok = scan_open(&s, d->snap, &schema_revision_jobs, err);
    while (ok && scan_next(&s, err)) {
        for (int64_t i = 0; ok && i < s.n_rows; i++) {
            if (scan_is_null(&s, RJ_SIGNATURE_IDS, i)) {
                return err_set(err, ERR_FORMAT,
                               "revision %.*s of revision_jobs has no list of signatures",
                               SV_ARG(scan_text(&s, RJ_REVISION, i)));
            }
            ok = map_row(r, d, &s, i, err) && write_row(d, r, &s, i, err);
        }
        ok = ok && derive_tick(d, (uint64_t)(s.first_row + s.n_rows), (uint64_t)s.ds->n_rows, err);
    }
    return ok && scan_close(&s);
}

static bool report_unknown(struct derive *d, const struct rectify *r, struct err *err) {
    bool ok = true;
    for (size_t i = 0; ok && i < r->unknown.n; i++) {
        const struct unknown *u = &r->unknown.ptr[i];
        char subject[48];
        snprintf(subject, sizeof subject, "signature %lld", (long long)u->signature);
        ok = derive_problem(d, subject, err,
                            "it is in no signature group and was left out of %lld revision%s",
                            (long long)u->n_rows, u->n_rows == 1 ? "" : "s");
    }
    return ok;
}

bool derive_rectified(struct derive *d, struct err *err) {
    struct rectify r = {0};
    struct frameworks f = {&r, d->settings};
    json_doc_init(&r.doc, SV_NULL);
    const bool ok = load_groups(&r, d, err) &&
                    scan_each(d, &schema_signatures, look_at_signature, &f, err) &&
                    rectify_rows(d, &r, err) && report_unknown(d, &r, err);
    int_map_done(&r.signatures);
    int_map_done(&r.ids);
    int_map_done(&r.unknown_ids);
    array_done(&r.group_of);
    array_done(&r.groups);
    array_done(&r.unknown);
    array_done(&r.row);
    str_done(&r.text);
    doc_done(&r.doc);
    return ok;
}
