// The columns and key of every dataset. Constants only: one file per data family fills
// `struct dataset_def` tables; the catalog lists them.
#ifndef CULPRIT_SCHEMA_H
#define CULPRIT_SCHEMA_H

#include "arrow/arrow_type.h"
#include "store/store.h"

enum column_flags {
    COL_NULLABLE = 1,
    COL_DERIVED = 2, // computed at import, not in the source file
    COL_HIDDEN = 4,  // raw cells kept for dump; not in the default view
    COL_KEY = 8,
};

// One column. `type` is a compact type text, parsed once by schema_arrow():
//   i32 i64 u32 f32 f64 bool ts text large dict        scalars
//   list<T>                                            T a scalar
//   list<{name:T,name:T?}>                             records; '?' = nullable
//   bin20                                              fixed_size_binary(20)
struct column_def {
    const char *name;
    const char *type;
    unsigned flags;
    const char *unit;   // "ms", "percent", ...; NULL = none. Shown in headers
    const char *help;   // one sentence for docs, help and the detail pane
    const char *values; // name of the enumeration in schema/enums.h, NULL = none
};

struct dataset_def {
    const char *name;
    const char *title;
    int version;
    enum dataset_kind kind;
    const char *key;   // comma list: identity of a row; "" = none
    const char *merge; // comma list: rows replaced together (= key unless the rows are children)
    const char *sort;  // "" = file order
    const struct column_def *columns;
    size_t n_columns;
    const char *help;
};

// The Arrow schema of a dataset, with the culprit:* metadata of docs/format.md. Allocated in `a`.
bool schema_arrow(const struct dataset_def *def, const char *source, struct arena *a,
                  struct arrow_schema *out, struct err *err) MUST_USE;
// -1 when absent.
int schema_column(const struct dataset_def *def, struct sv name);

#endif
