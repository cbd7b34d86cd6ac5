// What the records of performance signatures have in common: the fields that all of them hold, with
// equal values. Values are equal as they are in Python: 1, 1.0 and true are, deep for lists (in
// order) and objects (in any order).
#ifndef CULPRIT_DERIVE_SIG_FEATURES_H
#define CULPRIT_DERIVE_SIG_FEATURES_H

#include "base/array.h"
#include "base/doc.h"
#include "base/map.h"
#include "derive/derive.h"

struct feature {
    uint32_t name;  // number in `names`
    uint32_t value; // number in `values`: equal values have equal numbers
};

struct feature_record {
    size_t first, n; // in `fields`
};

// The fields of the wanted signatures, each record ascending by number of the name.
struct sig_features {
    struct text_map names;
    struct text_map values;
    struct feature_record *records; // by index of the map of wanted signatures
    ARRAY(struct feature) fields;
    ARRAY(size_t) place; // by name: 1 + where in `fields` it came last
    struct str value;    // being spelled
    struct doc doc;
    uint64_t n_nan;
    uint32_t column_names[16]; // numbers in `names`, by column
};

// Reads the records of the signatures in `wanted`; without a dataset of signatures, or where one is
// not known, a record has no fields. `f` is set in any case.
bool sig_features_load(struct sig_features *f, const struct derive *d, const struct int_map *wanted,
                       struct err *err) MUST_USE;
void sig_features_done(struct sig_features *f);

struct feature_names ARRAY_BODY(uint32_t);
// Appends the names (numbers of `names`) that these records have with equal values, but `id`; by
// code points. Records are indexes of the map of wanted signatures.
void sig_features_common(struct sig_features *f, const uint32_t *records, size_t n,
                         struct feature_names *out);

#endif
