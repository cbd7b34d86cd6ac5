// link: vcs
// The answers of a command server and the log in them: bytes in pieces of any size give what they
// give in one piece, and what was read can be used.
#include <stdlib.h>

#include "vcs/channel.h"
#include "vcs/hg_log.h"
#include "vcs/repo_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// What came of the bytes, as text.
struct heard {
    struct str text;
    char channel; // of the message that is not complete
    bool ok;
    struct err err;
};

static bool hear(void *arg, const struct channel_piece *p, struct err *err) {
    struct heard *h = arg;
    (void)err;
    BUG_ON(!strchr("oerIL", p->channel));
    BUG_ON(h->channel && h->channel != p->channel);
    BUG_ON(!p->last && !p->bytes.len);
    if (!h->channel) {
        str_addf(&h->text, "<%c", p->channel);
    }
    str_add_sv(&h->text, p->bytes);
    h->channel = p->last ? '\0' : p->channel;
    if (p->last) {
        str_addf(&h->text, "|%d>", p->result);
    }
    return true;
}

static bool note(void *arg, const struct repo_commit *c, struct err *err) {
    struct heard *h = arg;
    BUG_ON(!repo_is_node(c->node));
    str_addf(&h->text, "%.*s %lld %d", SV_ARG(c->node), (long long)c->date_s, c->tz_offset_s);
    for (size_t i = 0; i < c->n_parents; i++) {
        BUG_ON(!repo_is_node(c->parents[i]));
        str_add_sv(&h->text, c->parents[i]);
    }
    str_add_sv(&h->text, c->desc);
    return h->text.len < 1 << 20 || err_set(err, ERR_LIMIT, "enough");
}

static void feed_channel(struct heard *h, struct sv bytes, size_t piece) {
    struct channel c = {0};
    *h = (struct heard){.ok = true};
    for (size_t at = 0; h->ok && at < bytes.len; at += piece) {
        h->ok = channel_feed(&c, sv_sub(bytes, at, piece), hear, h, &h->err);
    }
    BUG_ON(h->ok && channel_at_rest(&c) && h->channel);
}

static void feed_log(struct heard *h, struct sv bytes, size_t piece) {
    struct hg_log log;
    *h = (struct heard){.ok = true};
    hg_log_init(&log, note, h);
    for (size_t at = 0; h->ok && at < bytes.len; at += piece) {
        h->ok = hg_log_feed(&log, sv_sub(bytes, at, piece), &h->err);
    }
    h->ok = h->ok && hg_log_end(&log, &h->err);
    hg_log_done(&log);
}

static void check_same(struct heard *a, struct heard *b) {
    BUG_ON(a->ok != b->ok || a->err.code != b->err.code);
    BUG_ON(strcmp(a->err.msg, b->err.msg) != 0);
    BUG_ON(!sv_eq(str_sv(&a->text), str_sv(&b->text)));
    str_done(&a->text);
    str_done(&b->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct sv bytes = sv_make((const char *)data, size);
    const size_t pieces[] = {1, 3, 7, 64};
    if (!size) {
        return 0;
    }
    for (size_t i = 0; i < COUNTOF(pieces); i++) {
        struct heard whole, cut;
        feed_channel(&whole, bytes, size);
        feed_channel(&cut, bytes, pieces[i]);
        check_same(&whole, &cut);
        feed_log(&whole, bytes, size);
        feed_log(&cut, bytes, pieces[i]);
        check_same(&whole, &cut);
    }
    return 0;
}
