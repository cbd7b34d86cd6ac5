#include "vcs/channel.h"

static uint32_t big_endian(const unsigned char *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static char letter(const struct channel *c) {
    return (char)c->head[0];
}

static bool is_known(char channel) {
    return channel && strchr("oerIL", channel);
}

static bool check_head(const struct channel *c, struct err *err) {
    const char channel = letter(c);
    if (!is_known(channel) && !(channel >= 'a' && channel <= 'z')) {
        return err_set(err, ERR_FORMAT,
                       "byte %llu of the answer: expected the letter of a channel, found 0x%02x",
                       (unsigned long long)(c->offset - CHANNEL_HEAD_BYTES), c->head[0]);
    }
    if (channel == 'r' && c->left != CHANNEL_RESULT_BYTES) {
        return err_set(err, ERR_FORMAT, "byte %llu of the answer: a result of %u bytes, expected 4",
                       (unsigned long long)(c->offset - CHANNEL_HEAD_BYTES), c->left);
    }
    return true;
}

static size_t take_head(struct channel *c, struct sv bytes) {
    const size_t n = MIN(bytes.len, CHANNEL_HEAD_BYTES - c->n_head);
    memcpy(c->head + c->n_head, bytes.ptr, n);
    c->n_head += n;
    c->offset += n;
    if (c->n_head == CHANNEL_HEAD_BYTES) {
        c->left = big_endian(c->head + 1);
        c->n_result = 0;
    }
    return n;
}

// The next message begins with its head again.
static bool message_ends(struct channel *c, struct channel_piece piece, channel_fn *fn, void *arg,
                         struct err *err) {
    c->n_head = 0;
    c->left = 0;
    piece.last = true;
    if (piece.channel == 'r') {
        piece.bytes = SV_NULL;
        piece.result = (int32_t)big_endian(c->result);
    }
    return !is_known(piece.channel) || fn(arg, &piece, err);
}

static bool hand_on(struct channel *c, struct sv bytes, channel_fn *fn, void *arg,
                    struct err *err) {
    const struct channel_piece piece = {.channel = letter(c), .bytes = bytes};
    c->offset += bytes.len;
    c->left -= (uint32_t)bytes.len;
    if (piece.channel == 'r') {
        memcpy(c->result + c->n_result, bytes.ptr, bytes.len);
        c->n_result += bytes.len;
    }
    if (!c->left) {
        return message_ends(c, piece, fn, arg, err);
    }
    return piece.channel == 'r' || !is_known(piece.channel) || fn(arg, &piece, err);
}

bool channel_feed(struct channel *c, struct sv bytes, channel_fn *fn, void *arg, struct err *err) {
    while (bytes.len) {
        if (c->n_head < CHANNEL_HEAD_BYTES) {
            bytes = sv_from(bytes, take_head(c, bytes));
            if (c->n_head < CHANNEL_HEAD_BYTES) {
                return true;
            }
            if (!check_head(c, err)) {
                return false;
            }
            const char channel = letter(c);
            const bool asks = channel == 'I' || channel == 'L';
            if ((asks || !c->left) &&
                !message_ends(c, (struct channel_piece){.channel = channel}, fn, arg, err)) {
                return false;
            }
            continue;
        }
        const struct sv part = sv_sub(bytes, 0, c->left);
        bytes = sv_from(bytes, part.len);
        if (!hand_on(c, part, fn, arg, err)) {
            return false;
        }
    }
    return true;
}

bool channel_at_rest(const struct channel *c) {
    return c->n_head == 0;
}
