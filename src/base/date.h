// Instants are int64 microseconds since 1970-01-01T00:00:00Z (`_us`). Proleptic Gregorian, no leap
// seconds, no time-zone database: texts without a zone are UTC.
#ifndef CULPRIT_BASE_DATE_H
#define CULPRIT_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "base/sv.h"

#define US_PER_SEC  INT64_C(1000000)
#define US_PER_HOUR (3600 * US_PER_SEC)
#define US_PER_DAY  (24 * US_PER_HOUR)

struct civil {
    int64_t year;
    int month, day; // 1-based
    int hour, minute, second, us;
    int weekday; // 0 = Monday
};

int64_t civil_to_days(int64_t year, int month, int day); // days since 1970-01-01
void date_to_civil(int64_t at_us, struct civil *out);

// ISO 8601 as Python 3.11's datetime.fromisoformat: calendar date (dashed or basic), ISO week date,
// one separator character and HH[:MM[:SS[.frac]]] (or basic), optional Z, +HH, +HHMM, +HH:MM[:SS].
// `*has_zone` (may be NULL) tells whether a zone was written. The usual form
// YYYY-MM-DDTHH:MM:SS[.ffffff] takes a fast path.
bool date_parse_iso(struct sv text, int64_t *at_us, bool *has_zone) MUST_USE;
// What a user types in a filter: an ISO date or time, a prefix of one ("2025-02", "2025"), a bare
// "HH:MM" (today), "now", "today", "yesterday", or a signed span relative to now: "-7d", "+2h".
// Spans: s m h d w (minutes are m), mo (30 days), y (365 days).
bool date_parse_user(struct sv text, int64_t now_us, int64_t *at_us) MUST_USE;
// "300ms", "2h", "1.5d", "90" + unit -> microseconds.
bool date_parse_span(struct sv text, int64_t *span_us) MUST_USE;

// "2025-02-05T10:11:32", with ".123456" only when the fraction is not zero.
void str_add_iso(struct str *out, int64_t at_us);
// "2025-02-05 10:11" in UTC, the form of list cells (16 columns).
void str_add_datetime(struct str *out, int64_t at_us);
// Age or remaining time: "4m", "3h", "12d", "2y"; negative with "-".
void str_add_span(struct str *out, int64_t span_us);

// The wall clock, or the instant given by --now. The only clock of the data.
int64_t clock_now_us(void);
// For time-outs and measuring only: never goes back, counts from anywhere, is not fixed by --now.
int64_t clock_monotonic_us(void);
void clock_fix(int64_t at_us);
bool clock_is_fixed(void);

#endif
