// The settings of derive stages.
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/num.h"
#include "catalog/catalog.h"
#include "schema/derivations.h"
#include "schema/scan.h"

static const struct setting_def settings[] = {
    {"bugs.cutoff", "-365d", "a date such as 2024-10-10, or a time back such as -365d",
     "bugs created and alerts of before are left out of perf_bugs"},
    {"coverage.window", "-120d..now", "FROM..TO, two dates or times back, such as -120d..now",
     "revisions committed in between are counted; both ends belong to it"},
    {"coverage.exclude_frameworks", "2,6,18", "framework numbers with commas between, or nothing",
     "signature groups of these frameworks alone are left out of the rectified coverage"},
    {"coverage.strict", "false", "true or false",
     "a signature of no group ends the rectified coverage"},
    {"vcs.clone", NULL, "the folder of a local clone",
     "the Mercurial or Git clone that diffs are read from"},
};

const struct setting_def *catalog_settings(size_t *n) {
    *n = COUNTOF(settings);
    return settings;
}

// `name` must be one of them.
static const struct setting_def *find(const char *name) {
    size_t i = 0;
    while (i < COUNTOF(settings) && strcmp(settings[i].name, name) != 0) {
        i++;
    }
    BUG_ON(i == COUNTOF(settings));
    return &settings[i];
}

const char *catalog_setting(const struct derive_opts *opts, const char *name) {
    const struct setting_def *def = find(name);
    const char *given = opts && opts->setting ? opts->setting(opts->setting_arg, name) : NULL;
    if (given) {
        return strcmp(given, "default") == 0 ? def->value : given;
    }
    const char *recalled = opts && opts->memory ? opts->memory->values[def - settings] : NULL;
    return recalled ? recalled : def->value;
}

// --- what stages were made with -----------------------------------------------------------------

_Static_assert(COUNTOF(settings) <= COUNTOF(((struct setting_memory *)0)->values),
               "room for every setting");

// The setting that "name=value..." begins with; COUNTOF(settings) when it is none.
static size_t setting_at(struct sv text) {
    size_t i = 0;
    for (; i < COUNTOF(settings); i++) {
        const struct sv name = sv_cstr(settings[i].name);
        if (sv_starts(text, name) && text.len > name.len && text.ptr[name.len] == '=') {
            break;
        }
    }
    return i;
}

// "name=value; name=value": a value ends where the next setting begins.
static void recall_text(struct sv text, struct setting_memory *memory) {
    while (text.len) {
        const size_t i = setting_at(text);
        if (i == COUNTOF(settings)) {
            return;
        }
        const struct sv rest = sv_from(text, strlen(settings[i].name) + 1);
        size_t end = 0;
        while (end < rest.len && !(sv_starts(sv_from(rest, end), SV("; ")) &&
                                   setting_at(sv_from(rest, end + 2)) < COUNTOF(settings))) {
            end++;
        }
        free(memory->values[i]);
        memory->values[i] = end ? xstrndup(rest.ptr, end) : NULL;
        text = end < rest.len ? sv_from(rest, end + 2) : SV_NULL;
    }
}

void catalog_recall(const struct snapshot *snap, struct setting_memory *memory) {
    struct scan s;
    *memory = (struct setting_memory){0};
    if (!snapshot_dataset(snap, schema_derivations.name) ||
        !scan_open(&s, snap, &schema_derivations, NULL)) {
        return;
    }
    while (scan_next(&s, NULL)) {
        for (int64_t i = 0; i < s.n_rows; i++) {
            recall_text(scan_text(&s, DV_SETTINGS, i), memory);
        }
    }
}

void setting_memory_done(struct setting_memory *memory) {
    for (size_t i = 0; i < COUNTOF(memory->values); i++) {
        free(memory->values[i]);
        memory->values[i] = NULL;
    }
}

// --- values -------------------------------------------------------------------------------------

static bool wrong(const char *name, const char *value, struct err *err) {
    return err_set(err, ERR_USAGE, "setting %s=%s: expected %s", name, value, find(name)->expected);
}

static bool read_cutoff(const char *value, int64_t now_us, int64_t *out, struct err *err) {
    return date_parse_user(sv_trim(sv_cstr(value)), now_us, out) ||
           wrong("bugs.cutoff", value, err);
}

static bool read_window(const char *value, int64_t now_us, struct derive_settings *out,
                        struct err *err) {
    const struct sv text = sv_cstr(value);
    const ptrdiff_t dots = sv_find(text, SV(".."));
    if (dots < 0 ||
        !date_parse_user(sv_trim(sv_sub(text, 0, (size_t)dots)), now_us, &out->coverage_from_us) ||
        !date_parse_user(sv_trim(sv_from(text, (size_t)dots + 2)), now_us, &out->coverage_to_us)) {
        return wrong("coverage.window", value, err);
    }
    return out->coverage_from_us <= out->coverage_to_us ||
           err_set(err, ERR_USAGE, "setting coverage.window=%s: its end is before its beginning",
                   value);
}

static bool read_frameworks(const char *value, struct derive_settings *out, struct err *err) {
    struct sv rest = sv_trim(sv_cstr(value));
    struct sv item;
    out->n_exclude_frameworks = 0;
    while (rest.len && sv_split(&rest, ',', &item)) {
        int64_t id;
        if (!num_parse_i64(sv_trim(item), &id)) {
            return wrong("coverage.exclude_frameworks", value, err);
        }
        if (out->n_exclude_frameworks == DERIVE_MAX_FRAMEWORKS) {
            return err_set(err, ERR_USAGE,
                           "setting coverage.exclude_frameworks: at most %d frameworks",
                           DERIVE_MAX_FRAMEWORKS);
        }
        out->exclude_frameworks[out->n_exclude_frameworks++] = id;
    }
    return true;
}

static bool read_flag(const char *name, const char *value, bool *out, struct err *err) {
    const struct sv text = sv_trim(sv_cstr(value));
    *out = sv_is(text, "true");
    return *out || sv_is(text, "false") || wrong(name, value, err);
}

bool catalog_settings_read(const struct derive_opts *opts, int64_t now_us,
                           struct derive_settings *out, struct err *err) {
    *out = (struct derive_settings){0};
    return read_cutoff(catalog_setting(opts, "bugs.cutoff"), now_us, &out->bugs_cutoff_us, err) &&
           read_window(catalog_setting(opts, "coverage.window"), now_us, out, err) &&
           read_frameworks(catalog_setting(opts, "coverage.exclude_frameworks"), out, err) &&
           read_flag("coverage.strict", catalog_setting(opts, "coverage.strict"), &out->strict,
                     err);
}
