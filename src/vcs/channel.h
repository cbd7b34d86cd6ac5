// The output of Mercurial's command server, cut into messages: a letter for the channel, a length
// of four bytes, so many bytes. Bytes come in pieces of any size and are handed on as they come, so
// that a message needs no memory.
//
// Small letters may be ignored by whoever does not know them; capital ones ask for input and are
// I (a block) and L (a line), whose length is that of the wanted input.
#ifndef CULPRIT_VCS_CHANNEL_H
#define CULPRIT_VCS_CHANNEL_H

#include <stdint.h>

#include "base/err.h"
#include "base/sv.h"

enum { CHANNEL_HEAD_BYTES = 5, CHANNEL_RESULT_BYTES = 4 };

struct channel_piece {
    char channel;    // o (output), e (errors), r (result), I, L
    struct sv bytes; // of the message; empty for I, L and r
    bool last;       // the message ends here
    int32_t result;  // r: what the command returned
};
// False ends the feeding.
typedef bool channel_fn(void *arg, const struct channel_piece *piece, struct err *err);

// All zero is the beginning.
struct channel {
    unsigned char head[CHANNEL_HEAD_BYTES];
    unsigned char result[CHANNEL_RESULT_BYTES];
    size_t n_head, n_result;
    uint32_t left;   // bytes of the message that are still to come
    uint64_t offset; // in all that was fed, for messages
};

// Hands every piece in `bytes` to `fn`. False when `fn` said so, or ERR_FORMAT for a message that
// no command server sends; then the channel is of no further use.
bool channel_feed(struct channel *c, struct sv bytes, channel_fn *fn, void *arg,
                  struct err *err) MUST_USE;
// Is everything fed so far made of whole messages?
bool channel_at_rest(const struct channel *c);

#endif
