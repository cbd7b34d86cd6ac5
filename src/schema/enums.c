#include "schema/enums.h"

static const struct enum_name summary_status[] = {
    {0, "untriaged"},   {1, "downstream"},    {2, "reassigned"}, {3, "invalid"},
    {4, "improvement"}, {5, "investigating"}, {6, "wontfix"},    {7, "fixed"},
    {8, "backedout"},   {9, "infra"},
};

static const struct enum_name alert_status[] = {
    {0, "untriaged"}, {1, "downstream"},   {2, "reassigned"},
    {3, "invalid"},   {4, "acknowledged"}, {5, "infra"},
};

static const struct enum_name bug_status[] = {
    {0, "NEW"},     {1, "FIXED"},      {2, "INVALID"},    {3, "INACTIVE"}, {4, "DUPLICATE"},
    {5, "WONTFIX"}, {6, "WORKSFORME"}, {7, "INCOMPLETE"}, {8, "MOVED"},
};

// 5, 10 and 14 are switched off on the server; old rows still carry them.
static const struct enum_name framework[] = {
    {1, "talos"},      {2, "build_metrics"},       {4, "awsy"},
    {5, "awfy"},       {6, "platform_microbench"}, {10, "raptor"},
    {11, "js-bench"},  {12, "devtools"},           {13, "browsertime"},
    {14, "vcs"},       {15, "mozperftest"},        {16, "fxrecord"},
    {17, "telemetry"}, {18, "mozharness"},
};

static const struct enum_name issue_tracker[] = {
    {1, "Bugzilla"},
    {2, "Servo pulls"},
};

static const struct enum_def enums[] = {
    {"summary_status", "status", summary_status, COUNTOF(summary_status)},
    {"alert_status", "status", alert_status, COUNTOF(alert_status)},
    {"bug_status", "status", bug_status, COUNTOF(bug_status)},
    {"framework", "framework", framework, COUNTOF(framework)},
    {"issue_tracker", "issue tracker", issue_tracker, COUNTOF(issue_tracker)},
};

const struct enum_def *enum_find(struct sv name) {
    for (size_t i = 0; i < COUNTOF(enums); i++) {
        if (sv_is(name, enums[i].name)) {
            return &enums[i];
        }
    }
    return NULL;
}

const char *enum_name(const struct enum_def *def, int64_t code) {
    for (size_t i = 0; i < def->n_names; i++) {
        if (def->names[i].code == code) {
            return def->names[i].name;
        }
    }
    return NULL;
}

void str_add_enum(struct str *out, const struct enum_def *def, int64_t code) {
    const char *name = enum_name(def, code);
    if (name) {
        str_add_cstr(out, name);
    } else {
        str_addf(out, "%s %lld", def->noun, (long long)code);
    }
}

bool enum_code(const struct enum_def *def, struct sv name, int64_t *code) {
    for (size_t i = 0; i < def->n_names; i++) {
        if (sv_eq_nocase(name, sv_cstr(def->names[i].name))) {
            *code = def->names[i].code;
            return true;
        }
    }
    return false;
}

bool summary_status_is_settled(int64_t code) {
    enum { UNTRIAGED = 0, INVESTIGATING = 5 };
    const struct enum_def *def = enum_find(SV("summary_status"));
    return code != UNTRIAGED && code != INVESTIGATING && enum_name(def, code);
}
