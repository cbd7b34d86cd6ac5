// The fast way through a line of jobs: every job of a file has the same keys in the same order, so
// what stands between two values is known and compared at once, and a value is read for its column
// directly. The keys are learned from the first job of a line. A value in another spelling than
// the one that a dump writes (1.50, 1e3, "\u0041") ends the fast way: the columns would not give
// the same bytes again.
//
// Eight bytes are looked at in one step, as little-endian numbers.
#include "base/date.h"
#include "base/num.h"
#include "ingest/code_cache.h"
#include "ingest/perf_jobs.h"

enum {
    SEP_WORDS = 3, // `, "push_timestamp": ` has 20 bytes
    DAYS = 1024,   // dates remembered
    TIME_LEN = 19, // YYYY-MM-DDTHH:MM:SS
    DATE_LEN = 10,
    MAX_EXACT_DIGITS = 18,
};

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))
#define HIGH_BITS    EACH_BYTE(0x80)

struct job_step { // what stands before a value, and what the value is
    uint64_t text[SEP_WORDS], mask[SEP_WORDS];
    uint8_t len;
    uint8_t key;
};

struct known_day {
    char text[DATE_LEN];
    int64_t us;
};

struct job_scanner {
    bool learned;
    struct job_order order;
    struct job_step steps[JOB_N_KEYS];
    struct known_day days[DAYS];
};

struct job_scanner *job_scanner_new(void) {
    return xcalloc(1, sizeof(struct job_scanner));
}

void job_scanner_free(struct job_scanner *s) {
    free(s);
}

static inline uint64_t load(const char *p) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

static inline unsigned first_marked(uint64_t marks) {
    return marks ? (unsigned)__builtin_ctzll(marks) / 8 : 8;
}

// --- values. Each starts at *p, moves behind it, and is false when it is spelled unusually
// --------

// The digits at `p`, at most eight: their number, and the value they have.
static inline unsigned scan_digits(const char *p, uint64_t *value) {
    uint64_t w = load(p) ^ EACH_BYTE('0');
    const unsigned n = first_marked(((w + EACH_BYTE(0x76)) | w) & HIGH_BITS);
    if (n == 0) {
        *value = 0;
        return 0;
    }
    w <<= 64 - 8 * n; // zeros before
    w = (w & EACH_BYTE(0x0f)) * 2561 >> 8;
    w = (w & UINT64_C(0x00ff00ff00ff00ff)) * 6553601 >> 16;
    *value = (w & UINT64_C(0x0000ffff0000ffff)) * UINT64_C(42949672960001) >> 32;
    return n;
}

enum { MAX_POW10 = 18 };
static const uint64_t pow10_u64[MAX_POW10 + 1] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
};

// At most MAX_EXACT_DIGITS digits; 0 when there are none or too many.
static inline unsigned scan_run(const char *p, uint64_t *value) {
    uint64_t v = 0, part;
    unsigned n = 0, more;
    do {
        more = scan_digits(p + n, &part);
        v = v * pow10_u64[more] + part;
        n += more;
    } while (more == 8 && n <= MAX_EXACT_DIGITS);
    *value = v;
    return n <= MAX_EXACT_DIGITS ? n : 0;
}

static inline bool scan_int(const char **p, int64_t *out) {
    uint64_t v;
    const unsigned n = scan_run(*p, &v);
    if (n == 0 || (**p == '0' && n > 1)) {
        return false;
    }
    *out = (int64_t)v;
    *p += n;
    return true;
}

// Any number, by way of its text.
static bool scan_long_float(const char **p, double *out) {
    const char *end = *p;
    while (char_is_digit(*end) || *end == '-' || *end == '+' || *end == '.' || *end == 'e') {
        end++;
    }
    const struct sv text = sv_make(*p, (size_t)(end - *p));
    char usual[32];
    if (!num_parse_f64(text, out) || !sv_eq(text, sv_make(usual, num_format_f64(usual, *out)))) {
        return false;
    }
    *p = end;
    return true;
}

// Digits, a point, digits; as nearly all are spelled.
static inline bool scan_float(const char **p, double *out) {
    const char *const at = *p + (**p == '-');
    uint64_t whole, fraction;
    const unsigned n_whole = scan_run(at, &whole);
    const char *const dot = at + n_whole;
    if (n_whole == 0 || *dot != '.') {
        return scan_long_float(p, out);
    }
    const unsigned n = scan_run(dot + 1, &fraction);
    const char *const end = dot + 1 + n;
    const bool few = n > 0 && n <= MAX_POW10 && n + n_whole <= MAX_EXACT_DIGITS;
    if (!few || *end == 'e' || (whole == 0 && fraction < pow10_u64[n] / 10000)) {
        return scan_long_float(p, out);
    }
    const uint64_t digits = whole * pow10_u64[n] + fraction;
    if ((*at == '0' && n_whole > 1) || (end[-1] == '0' && n > 1) ||
        !num_shortest_f64(digits, (int)n, out)) {
        return scan_long_float(p, out);
    }
    *out = **p == '-' ? -*out : *out;
    *p = end;
    return true;
}

// A text of printable ASCII without escapes.
static inline bool scan_text(const char **p, struct sv *out) {
    if (**p != '"') {
        return false;
    }
    const char *at = *p + 1;
    for (;;) {
        const uint64_t w = load(at);
        const uint64_t quote = w ^ EACH_BYTE('"'), backslash = w ^ EACH_BYTE('\\');
        const uint64_t marks = ((quote - EACH_BYTE(1)) & ~quote) |
                               ((backslash - EACH_BYTE(1)) & ~backslash) |
                               ((w - EACH_BYTE(0x20)) & ~w) | (w + EACH_BYTE(1)) | w;
        const unsigned n = first_marked(marks & HIGH_BITS);
        at += n;
        if (n < 8) {
            break;
        }
    }
    if (*at != '"') {
        return false;
    }
    *out = sv_make(*p + 1, (size_t)(at - *p - 1));
    *p = at + 1;
    return true;
}

// The start of a day, from the ten bytes of its date.
static bool learn_day(struct known_day *day, const char *text) {
    static const char form[] = "0000-00-00";
    for (size_t i = 0; i < DATE_LEN; i++) {
        if ((char_is_digit(text[i]) ? '0' : text[i]) != form[i]) {
            return false;
        }
    }
    if (!date_parse_iso(sv_make(text, DATE_LEN), &day->us, NULL)) {
        return false;
    }
    memcpy(day->text, text, DATE_LEN);
    return true;
}

static inline bool scan_time(struct job_scanner *s, const char **p, int64_t *out) {
    const char *text = *p + 1;
    // Month and day tell most dates of a file apart.
    struct known_day *day = &s->days[(text[6] & 15) | (text[8] & 3) << 4 | (text[9] & 15) << 6];
    const bool known = day->text[0] && memcmp(day->text, text, DATE_LEN) == 0;
    if (**p != '"' || (!known && !learn_day(day, text))) {
        return false;
    }
    const uint64_t t = load(text + DATE_LEN + 1) ^ UINT64_C(0x30303a30303a3030);
    if ((((t + EACH_BYTE(0x76)) | t) & HIGH_BITS) || (t & UINT64_C(0x0000ff0000ff0000)) ||
        text[DATE_LEN] != 'T' || text[TIME_LEN] != '"') {
        return false;
    }
    const unsigned hour = (unsigned)(t & 15) * 10 + (unsigned)(t >> 8 & 15);
    const unsigned minute = (unsigned)(t >> 24 & 15) * 10 + (unsigned)(t >> 32 & 15);
    const unsigned second = (unsigned)(t >> 48 & 15) * 10 + (unsigned)(t >> 56 & 15);
    if (hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    *out = day->us + (int64_t)(hour * 3600 + minute * 60 + second) * US_PER_SEC;
    *p = text + TIME_LEN + 1;
    return true;
}

static inline bool scan_value(struct job_scanner *s, enum job_key key, const char **p,
                              struct perf_job *job) {
    if (memcmp(*p, "null", 4) == 0) {
        *p += 4;
        return true;
    }
    bool ok = false;
    switch (key) {
    case JOB_JOB_ID:
        ok = scan_int(p, &job->job_id);
        break;
    case JOB_ID:
        ok = scan_int(p, &job->id);
        break;
    case JOB_PUSH_ID:
        ok = scan_int(p, &job->push_id);
        break;
    case JOB_VALUE:
        ok = scan_float(p, &job->value);
        break;
    case JOB_PUSH_TIMESTAMP:
        ok = scan_time(s, p, &job->push_us);
        break;
    case JOB_SUBMIT_TIME:
        ok = scan_time(s, p, &job->submit_us);
        break;
    case JOB_REVISION:
        ok = scan_text(p, &job->revision);
        job->revision_hash = code_cache_hash(job->revision);
        break;
    case JOB_MACHINE_NAME:
        ok = scan_text(p, &job->machine_name);
        job->machine_hash = code_cache_hash(job->machine_name);
        break;
    case JOB_N_KEYS:
        break;
    }
    job->has = (uint8_t)(job->has | 1U << key);
    return ok;
}

// --- jobs ---

static inline bool at_step(const struct job_step *step, const char *p) {
    uint64_t differs = 0;
    for (size_t i = 0; i < SEP_WORDS; i++) {
        differs |= (load(p + 8 * i) ^ step->text[i]) & step->mask[i];
    }
    return differs == 0;
}

static inline bool scan_job(struct job_scanner *s, const char **p, struct perf_job *job) {
    memset(job, 0, sizeof *job);
    for (uint8_t i = 0; i < s->order.n; i++) {
        const struct job_step *step = &s->steps[i];
        if (!at_step(step, *p)) {
            return false;
        }
        *p += step->len;
        if (!scan_value(s, (enum job_key)step->key, p, job)) {
            return false;
        }
    }
    if (**p != '}') {
        return false;
    }
    ++*p;
    const bool submit = job_has(job, JOB_SUBMIT_TIME);
    job->in_time =
        job_in_time(job, (struct job_times){job_has(job, JOB_PUSH_TIMESTAMP), submit, submit});
    return true;
}

static bool scan_jobs(struct job_scanner *s, const char **p, struct record_reader *r) {
    for (int32_t pos = 0;; pos++) {
        array_reserve(&r->jobs, r->jobs.n + 1);
        struct perf_job *job = &r->jobs.ptr[r->jobs.n];
        if (!scan_job(s, p, job)) {
            return false;
        }
        job->pos = pos;
        r->jobs.n++;
        if (memcmp(*p, ", ", 2) != 0) {
            return true;
        }
        *p += 2;
    }
}

// --- keys ---

static void set_step(struct job_step *step, enum job_key key, bool first) {
    char text[SEP_WORDS * 8] = {0}, mask[SEP_WORDS * 8] = {0};
    const struct sv name = job_key_name(key);
    const struct sv before = first ? SV("{\"") : SV(", \"");
    size_t n = before.len;
    memcpy(text, before.ptr, before.len);
    memcpy(text + n, name.ptr, name.len);
    n += name.len;
    memcpy(text + n, "\": ", 3);
    n += 3;
    memset(mask, 0xff, n);
    memcpy(step->text, text, sizeof text);
    memcpy(step->mask, mask, sizeof mask);
    step->len = (uint8_t)n;
    step->key = (uint8_t)key;
}

// A value of a job that need not be looked at; NULL when it is neither a plain text nor a scalar.
static const char *skip_value(const char *p, const char *end) {
    if (*p == '"') {
        const char *quote = memchr(p + 1, '"', (size_t)(end - p - 1));
        return quote ? quote + 1 : NULL;
    }
    while (p < end && *p != ',' && *p != '}' && *p != '[' && *p != '{') {
        p++;
    }
    return p < end && (*p == ',' || *p == '}') ? p : NULL;
}

// The keys of the job that begins at `p`.
static bool read_order(struct job_order *order, const char *p, const char *end) {
    *order = (struct job_order){0};
    for (p++; p < end && *p == '"'; p += 2) {
        const char *quote = memchr(p + 1, '"', (size_t)(end - p - 1));
        if (!quote || memcmp(quote, "\": ", 3) != 0) {
            return false;
        }
        const enum job_key key = job_key_of(sv_make(p + 1, (size_t)(quote - p - 1)));
        if (key == JOB_N_KEYS || memchr(order->keys, (int)key, order->n)) {
            return false;
        }
        order->keys[order->n++] = (uint8_t)key;
        p = skip_value(quote + 3, end);
        if (!p || *p == '}') {
            return p != NULL;
        }
        if (memcmp(p, ", ", 2) != 0) {
            return false;
        }
    }
    return false;
}

static bool learn(struct job_scanner *s, const char *p, const char *end) {
    struct job_order order;
    if (p >= end || *p != '{' || !read_order(&order, p, end) ||
        (s->learned && job_order_eq(&order, &s->order))) {
        return false;
    }
    s->order = order;
    s->learned = true;
    for (uint8_t i = 0; i < order.n; i++) {
        set_step(&s->steps[i], (enum job_key)order.keys[i], i == 0);
    }
    return true;
}

// --- lines ---

static bool scan_list(struct job_scanner *s, const char **p, const char *end,
                      struct record_reader *r) {
    const size_t n_before = r->jobs.n;
    const char *const start = *p;
    for (int attempt = 0; attempt < 2; attempt++) {
        *p = start;
        if (s->learned && scan_jobs(s, p, r)) {
            return true;
        }
        r->jobs.n = n_before;
        if (!learn(s, start, end)) {
            return false;
        }
    }
    return false;
}

bool job_scanner_line(struct job_scanner *s, struct record_reader *r, struct job_line *out,
                      struct sv line) {
    static const struct sv head = SV_INIT("{\"signature_id\": "), list = SV_INIT(", \"jobs\": [");
    const char *p = line.ptr, *const end = line.ptr + line.len;
    if (!sv_starts(line, head)) {
        return false;
    }
    p += head.len;
    const size_t first = r->jobs.n;
    int64_t id;
    if (!scan_int(&p, &id) || memcmp(p, list.ptr, list.len) != 0) {
        return false;
    }
    p += list.len;
    const bool empty = *p == ']';
    if ((!empty && !scan_list(s, &p, end, r)) || end - p != 2 || memcmp(p, "]}", 2) != 0) {
        r->jobs.n = first;
        return false;
    }
    out->id = (struct rec_i64){id, true};
    out->has_jobs = true;
    out->first = first;
    out->n = r->jobs.n - first;
    out->order = empty ? job_order_usual() : s->order;
    return true;
}
