// link: store
// manifest.json from memory: as it is, and with the right checksum put in, so that the mutations
// get past it. What is accepted must print and read back as the same generation and datasets.
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "store/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct manifest *m) {
    struct str text = STR_INIT;
    struct manifest again;
    struct err err = ERR_INIT;
    array_foreach (ds, &m->datasets) {
        BUG_ON(!dataset_name_valid(ds->name) || manifest_find(m, ds->name) != ds);
        array_foreach (seg, &ds->segments) {
            BUG_ON(!segment_name_valid(seg->file));
        }
    }
    BUG_ON(!manifest_print(m, &text, &err));
    BUG_ON(!manifest_parse(&again, str_sv(&text), "again", &err));
    BUG_ON(again.generation != m->generation || again.datasets.n != m->datasets.n ||
           again.retired.n != m->retired.n);
    for (size_t i = 0; i < m->datasets.n; i++) {
        BUG_ON(again.datasets.ptr[i].segments.n != m->datasets.ptr[i].segments.n);
    }
    manifest_done(&again);
    str_done(&text);
}

static void try(const char *text, size_t size) {
    struct manifest m;
    struct err err = ERR_INIT;
    if (manifest_parse(&m, sv_make(text, size), "fuzz", &err)) {
        check(&m);
        manifest_done(&m);
    } else {
        BUG_ON(err.code == ERR_NONE || !err.msg[0]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *copy = xmalloc(size + 1);
    memcpy(copy, data, size);
    try(copy, size);
    if (manifest_seal(copy, size)) {
        try(copy, size);
    }
    free(copy);
    return 0;
}
