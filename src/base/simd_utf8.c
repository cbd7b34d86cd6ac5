#include "base/utf8_int.h"

#ifdef __x86_64__
#include <immintrin.h>
#include <string.h>

#define TARGET_AVX2 __attribute__((target("avx2")))

// Whether two neighbouring bytes can stand together depends on three halves of them only: both of
// the first and the upper one of the second. Each half gives a set of mistakes that it allows; what
// all three allow is a mistake. (The method is that of Keiser and Lemire, "Validating UTF-8 in less
// than one instruction per byte", 2021.)
enum {
    SHORT = 1 << 0,      // a lead byte without the byte that has to follow
    LONG = 1 << 1,       // a following byte without a lead byte
    OVERLONG_3 = 1 << 2, // E0 80..9F
    LARGE = 1 << 3,      // F4 90..BF, F5.. 90..BF
    SURROGATE = 1 << 4,  // ED A0..BF
    OVERLONG_2 = 1 << 5, // C0, C1
    EDGE_4 = 1 << 6,     // F0 80..8F, F5.. 80..8F
    PAIR = 1 << 7,       // two following bytes: right after a lead byte of three or four
    ANY = SHORT | LONG | PAIR
};

// By value of the half.
static const uint8_t first_upper[16] = {
    LONG,
    LONG,
    LONG,
    LONG,
    LONG,
    LONG,
    LONG,
    LONG, // ASCII
    PAIR,
    PAIR,
    PAIR,
    PAIR, // following bytes
    SHORT | OVERLONG_2,
    SHORT,
    SHORT | OVERLONG_3 | SURROGATE, // C, D, E
    SHORT | LARGE | EDGE_4          // F
};
static const uint8_t first_lower[16] = {ANY | OVERLONG_3 | OVERLONG_2 | EDGE_4, // C0, E0, F0
                                        ANY | OVERLONG_2,                       // C1
                                        ANY,
                                        ANY,
                                        ANY | LARGE, // F4
                                        ANY | LARGE | EDGE_4,
                                        ANY | LARGE | EDGE_4,
                                        ANY | LARGE | EDGE_4,
                                        ANY | LARGE | EDGE_4,
                                        ANY | LARGE | EDGE_4,
                                        ANY | LARGE | EDGE_4,
                                        ANY | LARGE | EDGE_4,
                                        ANY | LARGE | EDGE_4,
                                        ANY | LARGE | EDGE_4 | SURROGATE, // ED
                                        ANY | LARGE | EDGE_4,
                                        ANY | LARGE | EDGE_4};
static const uint8_t second_upper[16] = {
    SHORT,
    SHORT,
    SHORT,
    SHORT,
    SHORT,
    SHORT,
    SHORT,
    SHORT,                                          // ASCII
    LONG | PAIR | OVERLONG_2 | OVERLONG_3 | EDGE_4, // 8
    LONG | PAIR | OVERLONG_2 | OVERLONG_3 | LARGE,  // 9
    LONG | PAIR | OVERLONG_2 | SURROGATE | LARGE,   // A
    LONG | PAIR | OVERLONG_2 | SURROGATE | LARGE,   // B
    SHORT,
    SHORT,
    SHORT,
    SHORT // lead bytes
};

bool utf8_has_vector(void) {
    return __builtin_cpu_supports("avx2");
}

TARGET_AVX2 static inline __m256i look_up(const uint8_t table[16], __m256i halves) {
    __m128i t = _mm_loadu_si128((const __m128i *)(const void *)table);
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(t), halves);
}

TARGET_AVX2 static inline __m256i upper(__m256i bytes) {
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0f));
}

// Not zero where the bytes of `now`, which follow those of `before`, are wrong.
TARGET_AVX2 static inline __m256i mistakes(__m256i now, __m256i before) {
    __m256i carry = _mm256_permute2x128_si256(before, now, 0x21);
    __m256i prev1 = _mm256_alignr_epi8(now, carry, 15);
    __m256i prev2 = _mm256_alignr_epi8(now, carry, 14);
    __m256i prev3 = _mm256_alignr_epi8(now, carry, 13);
    __m256i lower1 = _mm256_and_si256(prev1, _mm256_set1_epi8(0x0f));
    __m256i pairs =
        _mm256_and_si256(look_up(first_upper, upper(prev1)), look_up(first_lower, lower1));
    pairs = _mm256_and_si256(pairs, look_up(second_upper, upper(now)));
    // PAIR is right, and demanded, two after a lead byte of three and three after one of four.
    __m256i third = _mm256_subs_epu8(prev2, _mm256_set1_epi8(0xe0 - 0x80));
    __m256i fourth = _mm256_subs_epu8(prev3, _mm256_set1_epi8(0xf0 - 0x80));
    __m256i wanted = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(wanted, pairs);
}

TARGET_AVX2 bool utf8_valid_vector(struct sv text) {
    __m256i before = _mm256_setzero_si256();
    __m256i wrong = _mm256_setzero_si256();
    size_t at = 0;
    for (; text.len - at >= sizeof before; at += sizeof before) {
        __m256i now = _mm256_loadu_si256((const __m256i *)(const void *)(text.ptr + at));
        if (_mm256_movemask_epi8(_mm256_or_si256(now, before))) {
            wrong = _mm256_or_si256(wrong, mistakes(now, before));
        }
        before = now;
    }
    // With at least one zero behind the text, so that a sequence cut by its end is seen.
    char tail[sizeof before] = {0};
    if (at < text.len) {
        memcpy(tail, text.ptr + at, text.len - at);
    }
    __m256i now = _mm256_loadu_si256((const __m256i *)(const void *)tail);
    wrong = _mm256_or_si256(wrong, mistakes(now, before));
    return _mm256_testz_si256(wrong, wrong);
}
#else
bool utf8_has_vector(void) {
    return false;
}

bool utf8_valid_vector(struct sv text) {
    return utf8_valid_portable(text);
}
#endif
