// The sorting machines under rows_sort(): by 64-bit keys, by text, by any comparison. All stable.
#ifndef CULPRIT_QUERY_SORT_INT_H
#define CULPRIT_QUERY_SORT_INT_H

#include "query/query_int.h"

struct sort_item {
    uint64_t key;
    uint32_t id;
};

// Where texts come from: the text of item `id`.
struct text_src {
    struct sv (*get)(const void *arg, uint32_t id);
    const void *arg;
};

// Ascending by key. `tmp` has room for `n` as well.
void radix_sort(struct sort_item *items, struct sort_item *tmp, size_t n);
// By the bytes of the texts.
void text_sort(struct sort_item *items, struct sort_item *tmp, size_t n, const struct text_src *src,
               bool descending);
// Sorts ids by their text, bytewise or natural.
void text_order(uint32_t *ids, size_t n, const struct text_src *src, bool natural);
// Digit runs compare as numbers; texts that differ only in leading zeros compare by bytes.
int text_cmp_natural(struct sv a, struct sv b);
// First eight bytes as a number that orders like them.
uint64_t text_prefix(struct sv text, size_t at);

// By any comparison of ids.
struct id_order {
    int (*cmp)(void *arg, uint32_t a, uint32_t b);
    void *arg;
};
void merge_sort(struct sort_item *items, struct sort_item *tmp, size_t n,
                const struct id_order *order);

// --- keys of rows -------------------------------------------------------------------------------

enum key_place { PLACE_VALUE, PLACE_NAN, PLACE_NULL }; // this order in both directions

enum key_kind { KEY_I64, KEY_F64, KEY_RANK, KEY_TEXT, KEY_CELL, KEY_SUBKEY };

// Makes an order-preserving number of a row's value (already turned round when descending).
struct key_reader {
    const struct sort_key *key;
    enum key_kind kind;
    struct col_reader reader;
    const struct dict_full *dict;
    uint32_t *natural_rank; // owned; KEY_RANK with natural order
    bool exact;             // equal numbers mean equal values
    struct str a, b;        // scratch of comparisons
};
void key_reader_init(struct key_reader *k, const struct sort_key *key);
void key_reader_done(struct key_reader *k);
enum key_place key_read(struct key_reader *k, uint32_t row, uint64_t *out);
// Full comparison in the direction of the key; both rows have a value (PLACE_VALUE).
int key_cmp(struct key_reader *k, uint32_t row_a, uint32_t row_b);
// Full comparison whatever the places.
int key_cmp_any(struct key_reader *k, uint32_t row_a, uint32_t row_b);

#endif
