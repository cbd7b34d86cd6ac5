// Regular expressions: PCRE2 with UTF, UCP and JIT. A compiled pattern is shared between threads;
// each thread has its own matcher.
#ifndef CULPRIT_BASE_REGEX_H
#define CULPRIT_BASE_REGEX_H

#include "base/err.h"
#include "base/sv.h"

struct regex;   // immutable, reference-counted
struct matcher; // per thread

// Smart case: folded unless the pattern has an upper-case letter. The error names the position
// (`at`, bytes into the pattern, may be NULL). Matching limits are set, so a hostile pattern ends.
struct regex *regex_compile(struct sv pattern, bool smart_case, size_t *at,
                            struct err *err) MUST_USE;
// A pattern that matches `text` literally, with smart case.
struct regex *regex_literal(struct sv text, bool smart_case) MUST_USE;
struct regex *regex_ref(struct regex *re);
void regex_unref(struct regex *re);

struct matcher *matcher_new(struct regex *re) MUST_USE;
void matcher_free(struct matcher *m);
// Invalid UTF-8 in `text` is tolerated (PCRE2_MATCH_INVALID_UTF). A match limit counts as no match.
bool matcher_test(struct matcher *m, struct sv text);
// First match at or after `from`; empty matches are found too.
bool matcher_find(struct matcher *m, struct sv text, size_t from, size_t *start, size_t *end);

#endif
