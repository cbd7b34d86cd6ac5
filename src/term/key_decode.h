// The bytes a terminal sends -> keys. No terminal in here, so that it can be tested and fuzzed.
//
// Knows the sequences of xterm, its relatives, rxvt, the Linux console and the VT family by
// itself; term_open() adds what the terminal's description says. Mouse reports are SGR (1006) or
// the old three-byte form. Text between the marks of a bracketed paste comes as characters with
// `pasted` set. Any bytes are fine: what nobody knows comes as K_UNKNOWN.
#ifndef CULPRIT_TERM_KEY_DECODE_H
#define CULPRIT_TERM_KEY_DECODE_H

#include "base/array.h"
#include "base/str.h"
#include "term/key.h"
#include "term/screen.h"

struct key_seq {
    struct sv bytes; // owned
    struct key key;
};

struct key_decoder {
    struct str buf; // bytes not decoded yet start at `at`
    size_t at;
    ARRAY(struct key_seq) seqs;
    bool utf8;         // otherwise bytes from 0x80 on are unknown
    bool ctrl_h_is_bs; // the terminal's erase character is Ctrl-H
    bool pasting;
};

void key_decoder_init(struct key_decoder *d, bool utf8);
void key_decoder_done(struct key_decoder *d);
// A sequence from the terminal's description; it wins over the built-in ones. Ignored unless it
// starts with Esc and is longer than one byte.
void key_decoder_learn(struct key_decoder *d, struct sv bytes, struct key key);
void key_decoder_feed(struct key_decoder *d, const void *bytes, size_t len);
// True with the next key. False when there are no more bytes, or when they are the beginning of a
// sequence; then key_decoder_waits() is true. With `flush` (nothing followed for the escape delay)
// such a beginning is taken for the keys Esc or Alt-x.
bool key_decoder_next(struct key_decoder *d, bool flush, struct key *key);
bool key_decoder_waits(const struct key_decoder *d);
void key_decoder_clear(struct key_decoder *d);

#endif
