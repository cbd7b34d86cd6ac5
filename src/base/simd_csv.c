#include "base/csv_index.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_AVX2_KERNEL 1
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE void emit(struct csv_index *ix, uint64_t bits, size_t at) {
    uint32_t *to = ix->pos + ix->n;
    ix->n += (size_t)__builtin_popcountll(bits);
    while (bits) {
        *to++ = (uint32_t)(at + (size_t)__builtin_ctzll(bits));
        bits &= bits - 1;
    }
}

// A step in which quotes matter. `inside` has the bits from each opening quote up to the one before
// its closing quote. False at a bad position.
ALWAYS_INLINE bool step_quotes(struct csv_index *ix, const struct csv_masks *m, uint64_t inside,
                               size_t at) {
    uint64_t opens = m->quote & inside, closes = m->quote & ~inside;
    uint64_t outside = (m->comma | m->lf) & ~inside;
    uint64_t may_open = (outside | closes) << 1 | ix->may_open;
    uint64_t bad = opens & ~may_open;
    if (bad) {
        emit(ix, outside & ((bad & (0 - bad)) - 1), at);
        ix->bad = at + (size_t)__builtin_ctzll(bad);
        return false;
    }
    emit(ix, outside, at);
    ix->in_quote = 0 - (inside >> 63);
    ix->may_open = (outside | closes) >> 63;
    return true;
}

ALWAYS_INLINE void step_plain(struct csv_index *ix, const struct csv_masks *m, size_t at) {
    uint64_t outside = (m->comma | m->lf) & ~ix->in_quote;
    emit(ix, outside, at);
    ix->may_open = outside >> 63;
}

// The bits of the bytes before `to`; the state after a cut step is never used.
ALWAYS_INLINE uint64_t valid_bits(size_t at, size_t to) {
    return to - at >= 64 ? UINT64_MAX : (UINT64_C(1) << (to - at)) - 1;
}

ALWAYS_INLINE void mask_to(struct csv_masks *m, uint64_t valid) {
    m->quote &= valid;
    m->comma &= valid;
    m->lf &= valid;
}

// ---- portable ------------------------------------------------------------------------------

// One bit for each of eight bytes equal to `c`.
static uint64_t match8(uint64_t x, unsigned char c) {
    const uint64_t low7 = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t v = x ^ (UINT64_C(0x0101010101010101) * c);
    uint64_t zero = ~(((v & low7) + low7) | v | low7); // 0x80 in each zero byte, exactly
    return (zero >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static uint64_t load8(const char *p) {
    uint64_t x;
    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

static struct csv_masks masks_portable(const char *p) {
    struct csv_masks m = {0};
    for (int i = 0; i < 8; i++) {
        uint64_t x = load8(p + 8 * i);
        m.quote |= match8(x, '"') << 8 * i;
        m.comma |= match8(x, ',') << 8 * i;
        m.lf |= match8(x, '\n') << 8 * i;
    }
    return m;
}

// Bit i = parity of the bits up to and including i.
static uint64_t prefix_xor(uint64_t x) {
    for (int shift = 1; shift < 64; shift *= 2) {
        x ^= x << shift;
    }
    return x;
}

void csv_index_portable(struct csv_index *ix, const char *window, size_t from, size_t to) {
    for (size_t at = from; at < to; at += 64) {
        struct csv_masks m = masks_portable(window + at);
        mask_to(&m, valid_bits(at, to));
        if (!m.quote) {
            step_plain(ix, &m, at);
        } else if (!step_quotes(ix, &m, prefix_xor(m.quote) ^ ix->in_quote, at)) {
            return;
        }
    }
}

// ---- AVX2 with carry-less multiply ---------------------------------------------------------

#ifdef HAVE_AVX2_KERNEL
#define TARGET_AVX2 __attribute__((target("avx2,pclmul,bmi,popcnt")))

TARGET_AVX2 static inline uint64_t equal64(__m256i low, __m256i high, char c) {
    __m256i v = _mm256_set1_epi8(c);
    uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, v));
    uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, v));
    return a | (uint64_t)b << 32;
}

// The product with all ones is the prefix parity.
TARGET_AVX2 static inline uint64_t prefix_xor_clmul(uint64_t x) {
    __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)x), _mm_set1_epi8((char)0xff), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

TARGET_AVX2 static void csv_index_avx2(struct csv_index *ix, const char *window, size_t from,
                                       size_t to) {
    for (size_t at = from; at < to; at += 64) {
        const __m256i *p = (const __m256i *)(const void *)(window + at);
        __m256i low = _mm256_loadu_si256(p), high = _mm256_loadu_si256(p + 1);
        struct csv_masks m = {equal64(low, high, '"'), equal64(low, high, ','),
                              equal64(low, high, '\n')};
        mask_to(&m, valid_bits(at, to));
        if (!m.quote) {
            step_plain(ix, &m, at);
        } else if (!step_quotes(ix, &m, prefix_xor_clmul(m.quote) ^ ix->in_quote, at)) {
            return;
        }
    }
}

static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}
#endif

csv_index_fn *csv_index_best(void) {
#ifdef HAVE_AVX2_KERNEL
    if (has_avx2()) {
        return csv_index_avx2;
    }
#endif
    return csv_index_portable;
}

struct csv_inside csv_look_inside(const char *text, size_t len) {
    struct csv_inside in = {.has_quote = len && memchr(text, '"', len)};
    const char *end = text + len;
    for (const char *p = text; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        in.n_lf++;
    }
    return in;
}
