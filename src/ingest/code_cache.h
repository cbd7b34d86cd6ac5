// Codes of a dictionary column for texts that come again and again in any order, such as revisions:
// looking one up costs one line of processor cache, which can be fetched ahead, where the
// dictionary itself costs three. It only saves time: what it does not hold is looked up as ever.
#ifndef CULPRIT_INGEST_CODE_CACHE_H
#define CULPRIT_INGEST_CODE_CACHE_H

#include "arrow/arrow_write.h"

struct code_cache;

// For about `n` different texts, of one column of one writer.
struct code_cache *code_cache_new(size_t n) MUST_USE;
void code_cache_free(struct code_cache *c);
// To be made where the text was just read; 0 = too short or too long to be held.
uint64_t code_cache_hash(struct sv text);
// Says that code_cache_add() will soon be called for this text.
void code_cache_prefetch(const struct code_cache *c, struct sv text, uint64_t hash);
// As arrow_add_text(), for a text that is not the NULL view.
void code_cache_add(struct code_cache *c, struct arrow_builder *b, struct sv text, uint64_t hash);

#endif
