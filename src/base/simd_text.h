// Search in quoted text: where does the run of plain characters end? Sixteen bytes a step with
// SSE2 (always there on x86-64), a byte at a time elsewhere and in the last bytes of a text.
#ifndef CULPRIT_BASE_SIMD_TEXT_H
#define CULPRIT_BASE_SIMD_TEXT_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

// The first `quote`, backslash or control character (below 0x20) of [p, end), or `end`.
static inline const char *text_special_portable(const char *p, const char *end, char quote) {
    while (p < end && *p != quote && *p != '\\' && (unsigned char)*p >= 0x20) {
        p++;
    }
    return p;
}

#ifdef __SSE2__
static inline const char *text_special(const char *p, const char *end, char quote) {
    const __m128i quotes = _mm_set1_epi8(quote), slashes = _mm_set1_epi8('\\');
    const __m128i controls = _mm_set1_epi8(0x1f);
    for (; end - p >= 16; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(x, quotes), _mm_cmpeq_epi8(x, slashes));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(x, controls), x));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask) {
            return p + __builtin_ctz(mask);
        }
    }
    return text_special_portable(p, end, quote);
}
#else
static inline const char *text_special(const char *p, const char *end, char quote) {
    return text_special_portable(p, end, quote);
}
#endif

#endif
