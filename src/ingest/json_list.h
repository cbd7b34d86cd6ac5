// Integers and lists in JSON lines: read as leniently as by the programs that such files are for,
// written in the one spelling that they use.
#ifndef CULPRIT_INGEST_JSON_LIST_H
#define CULPRIT_INGEST_JSON_LIST_H

#include "ingest/record.h"
#include "ingest/text_out.h"

enum int_rule {
    INT_STRICT, // JSON integers only
    INT_COERCE, // what Python's int() takes: also " 1_6 ", 12.7 (12), true (1)
    INT_NUMBER, // the same without true and false
};

// int() of a text: blanks around, a sign, single underscores between digits.
bool int_of_text(struct sv text, int64_t *out) MUST_USE;
bool int_of_token(const struct doc_token *tok, enum int_rule rule, int64_t *out) MUST_USE;
// Members that are no integer by the rule are left out with a problem. As record_ints() otherwise.
bool int_list_read(struct record_reader *r, struct doc *doc, const struct doc_token *tok,
                   const char *column, enum int_rule rule, struct rec_list *out,
                   struct err *err) MUST_USE;
// Ascending, each once; the list must be the last one of r->ints.
void int_list_sort(struct record_reader *r, struct rec_list *list);

// "[1, 2]", or null.
void str_add_int_list(struct str *out, const int64_t *ints, struct rec_list list);
// The same of texts, non-ASCII as \uXXXX.
void str_add_text_list(struct str *out, const struct sv *texts, struct rec_list list);

struct int_array ARRAY_BODY(int64_t);
struct text_array ARRAY_BODY(struct sv);
// The list of a stored row, appended; texts are borrowed from the snapshot.
struct rec_list int_list_load(const struct out_row *row, size_t col, struct int_array *ints);
struct rec_list text_list_load(const struct out_row *row, size_t col, struct text_array *texts);

#endif
