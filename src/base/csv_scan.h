// Streaming CSV scanner: RFC 4180 text and what pandas and Python's csv module write (LF or CR LF,
// line breaks and doubled quotes in quoted fields, byte order mark, no final newline).
//
// Works on 64 bytes a step (bit masks of quote, comma and newline; carry-less multiply where the
// processor has it, a portable twin elsewhere: equal positions). A quote inside an unquoted field
// is outside RFC 4180: such a row is read by the rules of the csv module (the quote is data). A
// quoted field cut by the end of the file ends the row there and sets `unterminated`.
// Blank lines are skipped. Memory: one window (base/input.h) and one array of fields.
#ifndef CULPRIT_BASE_CSV_SCAN_H
#define CULPRIT_BASE_CSV_SCAN_H

#include "base/input.h"
#include "base/str.h"

struct csv_field {
    struct sv raw;  // without the outer quotes; doubled quotes still doubled
    bool quoted;    // had outer quotes
    bool has_quote; // raw needs csv_text() to undouble
};

struct csv_row {
    const struct csv_field *fields; // borrowed until the next csv_next()
    size_t n_fields;
    uint64_t line;   // 1-based line of the row's first byte
    uint64_t offset; // of the row's first byte
    struct sv bytes; // the whole row without its line end
    bool unterminated;
};

struct csv_scan;

// Takes no ownership of `in`; the input stays open until csv_close().
struct csv_scan *csv_open(struct input *in) MUST_USE;
// 1 = a row, 0 = end of input, -1 = error (read error, cancelled, row over the record limit).
int csv_next(struct csv_scan *scan, struct csv_row *row, struct err *err) MUST_USE;
void csv_close(struct csv_scan *scan);

// The field's text: borrowed from the row when nothing is doubled, else undoubled into `scratch`.
struct sv csv_text(const struct csv_field *field, struct str *scratch);

// Forces the portable kernel; for tests that compare the two.
void csv_force_portable(bool on);

#endif
