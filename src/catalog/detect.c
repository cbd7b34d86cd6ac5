#include "catalog/detect.h"

#include "base/doc.h"

enum {
    CERTAIN = 90,     // every name that tells the format is there
    NAME_BONUS = 5,   // the file is called as documented
    LINES_TO_TRY = 8, // the first ones of a JSONL file may be bad
};

static int with_name(int score, struct sv name, const char *documented) {
    return score ? score + (sv_is(name, documented) ? NAME_BONUS : 0) : 0;
}

int detect_clone(struct sv head, bool whole, struct sv name) {
    (void)head;
    (void)whole;
    (void)name;
    return 0;
}

// --- CSV ---

static struct sv first_line(struct sv head) {
    if (sv_starts(head, SV("\xef\xbb\xbf"))) {
        head = sv_from(head, 3);
    }
    const ptrdiff_t end = sv_find_byte(head, '\n');
    return sv_trim(end < 0 ? head : sv_sub(head, 0, (size_t)end));
}

static bool header_has(struct sv header, struct sv name) {
    struct sv field;
    while (sv_split(&header, ',', &field)) {
        field = sv_trim(field);
        if (field.len >= 2 && *field.ptr == '"') {
            field = sv_sub(field, 1, field.len - 2);
        }
        if (sv_eq(field, name)) {
            return true;
        }
    }
    return false;
}

// How many of `names` the header holds; nothing when it is less than three of five.
static int score_header(struct sv head, const char *names) {
    const struct sv header = first_line(head);
    struct sv rest = sv_cstr(names), name;
    int n = 0, found = 0;
    while (sv_split(&rest, ',', &name)) {
        n++;
        found += header_has(header, name);
    }
    return !n || found * 5 < n * 3 ? 0 : CERTAIN * found / n;
}

// A file with the documented name that holds some of the columns and no others: a cut-out.
static bool is_cutout(struct sv head, const char *names, const char *any_of) {
    struct sv header = first_line(head), rest = sv_cstr(any_of), field, name;
    bool any = false;
    while (sv_split(&rest, ',', &name)) {
        any |= header_has(header, name);
    }
    while (sv_split(&header, ',', &field)) {
        any &= header_has(sv_cstr(names), field);
    }
    return any;
}

int detect_alert_summaries_csv(struct sv head, bool whole, struct sv name) {
    (void)whole;
    static const char documented[] = "alert_summaries.csv";
    const int score =
        score_header(head, "id,push_id,alerts,related_alerts,status,revision,push_timestamp");
    const bool cutout =
        !score && sv_is(name, documented) && header_has(first_line(head), SV("id")) &&
        is_cutout(head,
                  "id,push_id,prev_push_id,original_revision,created,first_triaged,"
                  "triage_due_date,repository,framework,alerts,related_alerts,status,bug_number,"
                  "bug_due_date,bug_updated,issue_tracker,notes,revision,push_timestamp,"
                  "prev_push_revision,original_prev_push_revision,assignee_username,"
                  "assignee_email,performance_tags,duplicated_summaries_ids",
                  "alerts,created,revision,push_timestamp");
    return with_name(cutout ? CERTAIN / 2 : score, name, documented);
}

int detect_alert_bug_tests_csv(struct sv head, bool whole, struct sv name) {
    (void)whole;
    return with_name(score_header(head, "regression_bug_id,reg_perf_tests_list,"
                                        "perf_reg_alert_summary_id"),
                     name, "alerts_with_bug_and_test_info.csv");
}

int detect_all_bugs_csv(struct sv head, bool whole, struct sv name) {
    (void)whole;
    return with_name(score_header(head, "id,summary,regressed_by,product,component"), name,
                     "all_bugs.csv");
}

int detect_perf_bugs_csv(struct sv head, bool whole, struct sv name) {
    (void)whole;
    return with_name(score_header(head, "bug_id,bug_is_perf_regressor,bug_is_perf_regression,"
                                        "regressor_revision"),
                     name, "perf_bugs.csv");
}

// --- JSON ---

enum { MAX_KEYS = 8 };

struct wanted {
    struct sv keys[MAX_KEYS];
    int n;
    int found; // bit i: keys[i] was there
};

static void want(struct wanted *w, const char *keys) {
    *w = (struct wanted){0};
    struct sv rest = sv_cstr(keys);
    while (w->n < MAX_KEYS && sv_split(&rest, ',', &w->keys[w->n])) {
        w->n++;
    }
}

static void note_key(struct wanted *w, struct sv key) {
    for (int i = 0; i < w->n; i++) {
        if (sv_eq(key, w->keys[i])) {
            w->found |= 1 << i;
        }
    }
}

// The keys of the map whose first token was just read, as far as the text goes.
static void note_keys(struct wanted *w, struct doc *doc) {
    struct doc_token tok;
    while (doc_next(doc, &tok) && tok.kind == DOC_KEY) {
        note_key(w, tok.text);
        if (!doc_next(doc, &tok) || !doc_skip(doc, &tok)) {
            return;
        }
    }
}

static int score_line(struct sv line, const char *keys) {
    struct wanted w;
    want(&w, keys);
    struct doc doc;
    struct doc_token tok;
    json_doc_init(&doc, line);
    if (doc_next(&doc, &tok) && tok.kind == DOC_MAP) {
        note_keys(&w, &doc);
    }
    doc_done(&doc);
    const int found = __builtin_popcount((unsigned)w.found);
    return found * 5 < w.n * 3 ? 0 : CERTAIN * found / w.n;
}

static int score_lines(struct sv head, const char *keys) {
    int best = 0;
    struct sv line;
    for (int i = 0; i < LINES_TO_TRY && sv_split(&head, '\n', &line); i++) {
        const int score = score_line(line, keys);
        best = score > best ? score : best;
    }
    return best;
}

int detect_commits_jsonl(struct sv head, bool whole, struct sv name) {
    (void)whole;
    return with_name(score_lines(head, "node,desc,date,parents"), name, "all_commits.jsonl");
}

int detect_diffs_jsonl(struct sv head, bool whole, struct sv name) {
    (void)whole;
    // A first line longer than the head shows its first keys only.
    const int score = score_lines(head, "bug_id,diff");
    return with_name(score == CERTAIN ? score : 0, name, "perf_bugs_with_diff.jsonl");
}

int detect_signatures_jsonl(struct sv head, bool whole, struct sv name) {
    (void)whole;
    const int all = score_lines(head, "id,signature_hash,framework_id,machine_platform,suite");
    // Records of odd caches hold little more than an id and the suite.
    const bool named = sv_is(name, "all_signatures.jsonl");
    const int some = named && score_lines(head, "id") ? CERTAIN / 2 : 0;
    return with_name(all > some ? all : some, name, "all_signatures.jsonl");
}

// Formats that the names of columns or keys tell.
#define DETECT(fn, score, documented)                                                              \
    int fn(struct sv head, bool whole, struct sv name) {                                           \
        (void)whole;                                                                               \
        return with_name(score, name, documented);                                                 \
    }

// The second column may have any name.
static int score_durations(struct sv head, const char *id, struct sv name, const char *documented) {
    struct sv header = first_line(head), first;
    if (!sv_split(&header, ',', &first) || !sv_is(sv_trim(first), id)) {
        return 0;
    }
    const bool certain = header_has(header, SV("duration_minutes"));
    return certain ? CERTAIN : sv_is(name, documented) && header.len ? CERTAIN / 2 : 0;
}

// Lines of odd caches lack the time or the list.
static int score_revisions(struct sv head, const char *keys, struct sv name,
                           const char *documented) {
    const int all = score_lines(head, keys);
    return !all && sv_is(name, documented) && score_lines(head, "revision,total_jobs") == CERTAIN
               ? CERTAIN / 2
               : all;
}

DETECT(detect_fail_sigs_csv,
       score_header(head, "alert_summary_id,revision,fail_perf_sig_ids,num_fail_perf_sig_ids"),
       "alert_summary_fail_perf_sigs.csv")
DETECT(detect_revision_job_counts_csv, score_header(head, "revision,submit_time_iso,total_jobs"),
       "perf_jobs_per_revision.csv")
DETECT(detect_durations_csv, score_durations(head, "signature_id", name, "job_durations.csv"),
       "job_durations.csv")
DETECT(detect_group_durations_csv,
       score_durations(head, "signature_group_id", name, "sig_group_job_durations.csv"),
       "sig_group_job_durations.csv")
// A first line longer than the head does not show its last key.
DETECT(detect_llm_struc_jsonl, score_lines(head, "commit_id,prompt,response"),
       "perf_llm_struc.jsonl")
DETECT(detect_revision_jobs_jsonl,
       score_revisions(head, "revision,submit_time_iso,total_jobs,signature_ids", name,
                       "perf_jobs_per_revision_details.jsonl"),
       "perf_jobs_per_revision_details.jsonl")
DETECT(detect_rectified_jsonl,
       score_revisions(head, "revision,submit_time_iso,total_jobs,signature_group_ids", name,
                       "perf_jobs_per_revision_details_rectified.jsonl"),
       "perf_jobs_per_revision_details_rectified.jsonl")
DETECT(detect_job_sigs_jsonl,
       score_lines(head, "common_sig_features") ? 0 : score_lines(head, "job_id,signature_ids"),
       "sigs_by_job_id.jsonl")
DETECT(detect_job_sigs_detailed_jsonl,
       score_lines(head, "job_id,signature_ids,common_sig_features"),
       "sigs_by_job_id_detailed.jsonl")
DETECT(detect_perf_jobs_jsonl, score_lines(head, "signature_id,jobs"),
       "perf_jobs_by_signature.jsonl")
DETECT(detect_sig_groups_jsonl, score_lines(head, "Sig_group_id,signatures"), "sig_groups.jsonl")
DETECT(detect_ttc_stats_json, score_line(head, "definition,input_csv,stats"),
       "time_to_culprit_stats.json")
DETECT(detect_revision_job_stats_json,
       score_line(head, "observations,mean_jobs,median_jobs,min_jobs,max_jobs,percentiles"),
       "perf_jobs_stats.json")
DETECT(detect_group_duration_stats_json,
       score_line(head, "observations,mean,median,min,max,percentiles"),
       "sig_group_job_duration_stats.json")
DETECT(detect_wait_stats_json,
       score_line(head, "observations,seconds,minutes,revision,total_jobs_from_csv"),
       "job_wait_time_stats.json")

// An answer, a bare list, a list of lists, or one summary: the first record inside tells.
static int score_summary(struct doc *doc, struct doc_token *tok, int depth) {
    while (tok->kind == DOC_LIST && depth++ < 4) {
        if (!doc_next(doc, tok)) {
            return 0;
        }
    }
    if (tok->kind != DOC_MAP) {
        return 0;
    }
    struct wanted w, envelope;
    want(&w, "id,push_id,alerts");
    want(&envelope, "count,next,previous");
    while (doc_next(doc, tok) && tok->kind == DOC_KEY) {
        const bool results = sv_eq(tok->text, SV("results"));
        note_key(&w, tok->text);
        note_key(&envelope, tok->text);
        if (!doc_next(doc, tok)) {
            break;
        }
        if (results && tok->kind == DOC_LIST) {
            const int inner = score_summary(doc, tok, depth);
            // An answer without results still says so by its envelope.
            return inner ? inner : tok->kind == DOC_LIST_END && envelope.found == 7 ? 40 : 0;
        }
        if (!doc_skip(doc, tok)) {
            break;
        }
    }
    return w.found == 7 ? CERTAIN : 0;
}

int detect_alertsummary_json(struct sv head, bool whole, struct sv name) {
    (void)whole;
    struct doc doc;
    struct doc_token tok;
    json_doc_init(&doc, head);
    const int score = doc_next(&doc, &tok) ? score_summary(&doc, &tok, 0) : 0;
    doc_done(&doc);
    return with_name(score, name, "alertsummary.json");
}

static const char job_keys[] = "id,submit_timestamp,start_timestamp,end_timestamp";

// Lines of jobs are those of the busiest revision only when the file is called so.
int detect_max_revision_jobs_jsonl(struct sv head, bool whole, struct sv name) {
    (void)whole;
    const bool named = sv_is(name, "max_revision_jobs.jsonl");
    return named && score_lines(head, job_keys) ? CERTAIN + NAME_BONUS : 0;
}

// A job, or the first one in lists and answers.
static int score_job(struct doc *doc, struct doc_token *tok, int depth) {
    while (tok->kind == DOC_LIST && depth++ < 4) {
        if (!doc_next(doc, tok)) {
            return 0;
        }
    }
    struct wanted w, envelope;
    want(&w, job_keys);
    want(&envelope, "results,meta");
    bool more = tok->kind == DOC_MAP;
    while (more && doc_next(doc, tok) && tok->kind == DOC_KEY) {
        const bool results = sv_eq(tok->text, SV("results"));
        note_key(&w, tok->text);
        note_key(&envelope, tok->text);
        more = doc_next(doc, tok);
        if (more && results && tok->kind == DOC_LIST) {
            const int inner = score_job(doc, tok, depth);
            if (inner || tok->kind != DOC_LIST_END) {
                return inner;
            }
        } else {
            more = more && doc_skip(doc, tok);
        }
    }
    const int found = __builtin_popcount((unsigned)w.found);
    // An answer without jobs still says so by its envelope.
    return found >= 3 ? CERTAIN : envelope.found == 3 ? CERTAIN / 3 : 0;
}

int detect_jobs_json(struct sv head, bool whole, struct sv name) {
    (void)whole;
    struct doc doc;
    struct doc_token tok;
    json_doc_init(&doc, head);
    const int score = doc_next(&doc, &tok) ? score_job(&doc, &tok, 0) : 0;
    doc_done(&doc);
    return with_name(score, name, "jobs.json");
}

// --- pictures ---

// One that is called otherwise is anybody's.
static int score_png(struct sv head, struct sv name, const char *documented) {
    return sv_starts(head, SV("\x89PNG\r\n\x1a\n")) && sv_is(name, documented) ? CERTAIN : 0;
}

int detect_jobs_per_revision_png(struct sv head, bool whole, struct sv name) {
    (void)whole;
    return score_png(head, name, "perf_jobs_per_revision_dist.png");
}

int detect_job_durations_png(struct sv head, bool whole, struct sv name) {
    (void)whole;
    return score_png(head, name, "job_durations.png");
}
