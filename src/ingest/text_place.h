// Where a token of a document is: lines are counted once, from token to token.
#ifndef CULPRIT_INGEST_TEXT_PLACE_H
#define CULPRIT_INGEST_TEXT_PLACE_H

#include "ingest/ingest.h"

struct text_place {
    struct sv text;    // the document
    uint64_t offset;   // of its first byte in the file
    int64_t line;      // 1-based, of the byte counted to
    size_t counted_to; // private
};

// `to` counts bytes of the text and never goes back.
struct ingest_at text_place(struct text_place *p, size_t to);

#endif
