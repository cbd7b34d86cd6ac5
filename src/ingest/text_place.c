#include "ingest/text_place.h"

struct ingest_at text_place(struct text_place *p, size_t to) {
    const char *at = p->text.ptr + p->counted_to, *end = p->text.ptr + to;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
        p->line++;
        at++;
    }
    p->counted_to = to;
    return (struct ingest_at){p->line, (int64_t)(p->offset + to), NULL};
}
