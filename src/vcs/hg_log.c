#include "vcs/hg_log.h"

#include <math.h>

#include "base/input.h"
#include "vcs/repo_int.h"

void hg_log_init(struct hg_log *log, repo_commit_fn *fn, void *arg) {
    *log = (struct hg_log){.fn = fn, .arg = arg};
}

void hg_log_done(struct hg_log *log) {
    if (log->has_doc) {
        doc_done(&log->doc);
    }
    str_done(&log->line);
    str_done(&log->texts);
    array_done(&log->parents);
}

static bool wrong(const struct hg_log *log, const char *what, struct err *err) {
    return err_set(err, ERR_FORMAT, "line %llu of the log: expected %s",
                   (unsigned long long)log->n_lines, what);
}

// --- one commit -------------------------------------------------------------------------------

// Texts of a token go with the next one. They are kept one behind the other in `texts`, which is
// large enough from the start, so that views into it stay.
static struct sv keep(struct hg_log *log, struct sv text) {
    const size_t at = log->texts.len;
    repo_add_utf8(&log->texts, text);
    return sv_make(log->texts.ptr + at, log->texts.len - at);
}

static bool read_node(struct hg_log *log, const struct doc_token *tok, struct sv *node,
                      struct err *err) {
    if (tok->kind != DOC_TEXT || !repo_is_node(tok->text)) {
        return wrong(log, "a hash of 40 digits", err);
    }
    *node = keep(log, tok->text);
    return true;
}

static bool read_parents(struct hg_log *log, const struct doc_token *first, struct err *err) {
    struct doc_token tok;
    if (first->kind != DOC_LIST) {
        return wrong(log, "a list of parents", err);
    }
    while (doc_next(&log->doc, &tok) && tok.kind != DOC_LIST_END) {
        struct sv node;
        if (!read_node(log, &tok, &node, err)) {
            return false;
        }
        array_push(&log->parents, node);
    }
    return tok.kind == DOC_LIST_END || wrong(log, "the end of a list", err);
}

static bool read_seconds(const struct doc_token *tok, int64_t *out) {
    if (tok->kind == DOC_FLOAT && fabs(tok->f) < 1e15) {
        *out = (int64_t)floor(tok->f);
        return true;
    }
    *out = tok->i;
    return tok->kind == DOC_INT;
}

static bool read_date(struct hg_log *log, const struct doc_token *first, struct repo_commit *c,
                      struct err *err) {
    struct doc_token tok;
    int64_t offset = 0;
    const bool ok = first->kind == DOC_LIST && doc_next(&log->doc, &tok) &&
                    read_seconds(&tok, &c->date_s) && doc_next(&log->doc, &tok) &&
                    read_seconds(&tok, &offset) && offset >= INT32_MIN && offset <= INT32_MAX &&
                    doc_next(&log->doc, &tok) && tok.kind == DOC_LIST_END;
    c->tz_offset_s = (int32_t)offset;
    return ok || wrong(log, "a date such as [1735689600, 0]", err);
}

enum { HAS_NODE = 1, HAS_DESC = 2, HAS_DATE = 4, HAS_PARENTS = 8, HAS_ALL = 15 };

static bool read_member(struct hg_log *log, struct sv key, struct repo_commit *c, int *has,
                        struct err *err) {
    const int what = sv_is(key, "node")      ? HAS_NODE
                     : sv_is(key, "desc")    ? HAS_DESC
                     : sv_is(key, "date")    ? HAS_DATE
                     : sv_is(key, "parents") ? HAS_PARENTS
                                             : 0;
    struct doc_token tok;
    if (*has & what) {
        return wrong(log, "every key once", err);
    }
    *has |= what;
    if (!doc_next(&log->doc, &tok)) {
        return wrong(log, "a value", err);
    }
    switch (what) {
    case HAS_NODE:
        return read_node(log, &tok, &c->node, err);
    case HAS_DESC:
        c->desc = tok.kind == DOC_TEXT ? keep(log, tok.text) : SV("");
        return tok.kind == DOC_TEXT || wrong(log, "a text", err);
    case HAS_DATE:
        return read_date(log, &tok, c, err);
    case HAS_PARENTS:
        return read_parents(log, &tok, err);
    default:
        return doc_skip(&log->doc, &tok) || wrong(log, "a value", err);
    }
}

static bool read_commit(struct hg_log *log, struct sv line, struct err *err) {
    if (!log->has_doc) {
        json_doc_init(&log->doc, line);
        log->has_doc = true;
    } else {
        doc_restart(&log->doc, line);
    }
    str_clear(&log->texts);
    // Decoded texts are never longer than their source, but for bytes that are replaced by three.
    str_reserve(&log->texts, line.len * 3);
    array_clear(&log->parents);
    struct repo_commit c = {0};
    struct doc_token tok;
    int has = 0;
    if (!doc_next(&log->doc, &tok) || tok.kind != DOC_MAP) {
        return wrong(log, "a commit as a JSON object", err);
    }
    while (doc_next(&log->doc, &tok) && tok.kind == DOC_KEY) {
        if (!read_member(log, tok.text, &c, &has, err)) {
            return false;
        }
    }
    if (tok.kind != DOC_MAP_END || doc_next(&log->doc, &tok) || tok.kind != DOC_END) {
        return wrong(log, "one JSON object", err);
    }
    if (has != HAS_ALL) {
        return wrong(log, "the keys node, desc, date and parents", err);
    }
    c.parents = log->parents.ptr;
    c.n_parents = log->parents.n;
    return log->fn(log->arg, &c, err);
}

// --- lines ------------------------------------------------------------------------------------

static bool read_line(struct hg_log *log, struct sv line, struct err *err) {
    log->n_lines++;
    line = sv_trim(line);
    if (!line.len) { // as in the log of an empty clone
        return true;
    }
    if (log->ended) {
        return wrong(log, "nothing behind the closing bracket", err);
    }
    if (!log->begun) {
        log->begun = sv_is(line, "[");
        return log->begun || wrong(log, "an opening bracket", err);
    }
    if (sv_is(line, "]")) {
        log->ended = true;
        return true;
    }
    if (sv_ends(line, SV(","))) {
        line.len--;
    }
    return read_commit(log, line, err);
}

bool hg_log_feed(struct hg_log *log, struct sv bytes, struct err *err) {
    while (bytes.len) {
        const ptrdiff_t end = sv_find_byte(bytes, '\n');
        const struct sv part = end < 0 ? bytes : sv_sub(bytes, 0, (size_t)end);
        if (log->line.len + part.len > INPUT_RECORD_LIMIT / 4) {
            return err_set(err, ERR_LIMIT, "line %llu of the log is too long",
                           (unsigned long long)log->n_lines + 1);
        }
        if (end < 0 || log->line.len) {
            str_add_sv(&log->line, part);
        }
        if (end < 0) {
            return true;
        }
        const struct sv line = log->line.len ? str_sv(&log->line) : part;
        if (!read_line(log, line, err)) {
            return false;
        }
        str_clear(&log->line);
        bytes = sv_from(bytes, (size_t)end + 1);
    }
    return true;
}

bool hg_log_end(const struct hg_log *log, struct err *err) {
    return (log->ended && !log->line.len) ||
           err_set(err, ERR_FORMAT, "the log ends in the middle, after line %llu",
                   (unsigned long long)log->n_lines);
}
