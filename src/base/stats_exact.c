#include "base/stats_int.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/attr.h"

__extension__ typedef unsigned __int128 u128;

// A magnitude: limbs of 32 bits, the lowest first. A product of two sums is the longest.
enum { BIG_LIMBS = 2 * EXACT_LIMBS + 2 };
struct big {
    uint32_t limb[BIG_LIMBS];
};

// ---- adding ------------------------------------------------------------------------------------

static void carry(struct exact *sum) {
    int64_t over = 0;
    for (size_t i = 0; i + 1 < EXACT_LIMBS; i++) {
        const int64_t v = sum->limb[i] + over;
        const int64_t low = v & INT64_C(0xffffffff);
        over = (v - low) / (INT64_C(1) << 32);
        sum->limb[i] = low;
    }
    sum->limb[EXACT_LIMBS - 1] += over;
    sum->n_pending = 0;
}

// Adds digits * 2^exp; exp is at least -EXACT_LOW.
static void add_scaled(struct exact *sum, u128 digits, int exp, bool negative) {
    const unsigned at = (unsigned)(exp + EXACT_LOW);
    size_t i = at / 32;
    // The part that the shift moves out on top of 128 bits is taken first.
    const int64_t sign = negative ? -1 : 1;
    const uint64_t low = (uint64_t)(digits & 0xffffffffU) << (at % 32);
    sum->limb[i] += sign * (int64_t)(low & 0xffffffffU);
    uint64_t over = low >> 32;
    for (digits >>= 32; digits || over; digits >>= 32) {
        const uint64_t part = ((uint64_t)(digits & 0xffffffffU) << (at % 32)) + over;
        sum->limb[++i] += sign * (int64_t)(part & 0xffffffffU);
        over = part >> 32;
    }
    if (++sum->n_pending == 1U << 30) {
        carry(sum); // before a limb could run over
    }
}

// |v| = digits * 2^exp with whole digits.
static uint64_t take_apart(double v, int *exp) {
    const double fraction = frexp(fabs(v), exp);
    *exp -= DBL_MANT_DIG;
    uint64_t digits = (uint64_t)ldexp(fraction, DBL_MANT_DIG);
    // Subnormal numbers have zeros at their end, which would lie below the lowest limb.
    const int low = DBL_MIN_EXP - DBL_MANT_DIG;
    if (*exp < low) {
        digits >>= low - *exp;
        *exp = low;
    }
    return digits;
}

void exact_add(struct exact *sum, double v) {
    int exp;
    const uint64_t digits = take_apart(v, &exp);
    add_scaled(sum, digits, exp, v < 0);
}

void exact_add_square(struct exact *sum, double v) {
    int exp;
    const uint64_t digits = take_apart(v, &exp);
    add_scaled(sum, (u128)digits * digits, 2 * exp, false);
}

// ---- long numbers ------------------------------------------------------------------------------

static bool to_magnitude(struct exact *sum, struct big *out) {
    carry(sum);
    const bool negative = sum->limb[EXACT_LIMBS - 1] < 0;
    memset(out, 0, sizeof *out);
    int64_t over = 0;
    for (size_t i = 0; i < EXACT_LIMBS; i++) {
        const int64_t v = (negative ? -sum->limb[i] : sum->limb[i]) + over;
        const int64_t low = v & INT64_C(0xffffffff);
        over = (v - low) / (INT64_C(1) << 32);
        out->limb[i] = (uint32_t)low;
    }
    return negative;
}

static void multiply(struct big *out, const struct big *a, const struct big *b, size_t n_b) {
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < EXACT_LIMBS; i++) {
        uint64_t over = 0;
        for (size_t j = 0; a->limb[i] && (j < n_b || over); j++) {
            const uint64_t factor = j < n_b ? b->limb[j] : 0;
            const uint64_t v = (uint64_t)a->limb[i] * factor + out->limb[i + j] + over;
            out->limb[i + j] = (uint32_t)v;
            over = v >> 32;
        }
    }
}

// a - b, with a >= b.
static void subtract(struct big *a, const struct big *b) {
    uint64_t borrow = 0;
    for (size_t i = 0; i < BIG_LIMBS; i++) {
        const uint64_t v = (uint64_t)a->limb[i] - b->limb[i] - borrow;
        a->limb[i] = (uint32_t)v;
        borrow = v >> 63;
    }
}

static int bit_length(const struct big *a) {
    for (size_t i = BIG_LIMBS; i > 0; i--) {
        if (a->limb[i - 1]) {
            return (int)(i * 32) - __builtin_clz(a->limb[i - 1]);
        }
    }
    return 0;
}

static unsigned bit_at(const struct big *a, int i) {
    return i < 0 ? 0 : a->limb[i / 32] >> (i % 32) & 1;
}

static bool any_below(const struct big *a, int i) {
    for (int k = 0; k < i; k++) {
        if (bit_at(a, k)) {
            return true;
        }
    }
    return false;
}

// ---- rounding ----------------------------------------------------------------------------------

static int length_of(u128 v) {
    const uint64_t high = (uint64_t)(v >> 64), low = (uint64_t)v;
    return high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
}

// (v + rest) * 2^exp with 0 <= rest < 1, `rest` telling whether there is any.
static double round_once(u128 v, bool rest, int exp) {
    if (v >> 127) { // room for the shifts below
        rest = rest || (v & 1);
        v >>= 1;
        exp++;
    }
    // As many digits as a double of this size has: fewer for subnormal ones.
    const int drop = MAX(length_of(v) - DBL_MANT_DIG, DBL_MIN_EXP - DBL_MANT_DIG - exp);
    if (drop <= 0) {
        return ldexp((double)(uint64_t)v, exp);
    }
    if (drop > length_of(v)) {
        return 0; // less than half of the least double
    }
    u128 kept = v >> drop;
    const u128 half = (u128)1 << (drop - 1), below = v & (((u128)1 << drop) - 1);
    if (below > half || (below == half && (rest || (kept & 1)))) {
        kept++;
    }
    return ldexp((double)(uint64_t)kept, exp + drop);
}

// The 128 leading bits; sets what they are to be multiplied with and whether others follow.
static u128 leading(const struct big *a, int *exp, bool *rest) {
    const int low = bit_length(a) - 128;
    u128 v = 0;
    for (int i = 127; i >= 0; i--) {
        v = v << 1 | bit_at(a, low + i);
    }
    *exp = low;
    *rest = any_below(a, low);
    return v;
}

double exact_mean(struct exact *sum, uint64_t n) {
    struct big magnitude;
    const bool negative = to_magnitude(sum, &magnitude);
    if (bit_length(&magnitude) == 0) {
        return 0;
    }
    int exp;
    bool rest;
    const u128 v = leading(&magnitude, &exp, &rest);
    rest = rest || v % n;
    const double mean = round_once(v / n, rest, exp - EXACT_LOW);
    return negative ? -mean : mean;
}

// The root of the number whose 256 leading bits start at bit `top`, digit by digit: 128 bits.
// `*rest` tells whether there is more behind them.
static u128 root_of(const struct big *a, int top, bool *rest) {
    // The remainder stays below 2^130: its two bits above the word are held in `high`.
    u128 root = 0, remainder = 0;
    unsigned high = 0;
    for (int i = 0; i < 128; i++) {
        const unsigned pair = bit_at(a, top - 2 * i - 1) << 1 | bit_at(a, top - 2 * i - 2);
        high = high << 2 | (unsigned)(remainder >> 126);
        remainder = remainder << 2 | pair;
        // root * 4 + 1 is what the next digit takes.
        const unsigned take_high = (unsigned)(root >> 126);
        const u128 take = root << 2 | 1;
        root <<= 1;
        if (high > take_high || (high == take_high && remainder >= take)) {
            high -= take_high + (remainder < take);
            remainder -= take;
            root |= 1;
        }
    }
    *rest = remainder || high || any_below(a, top - 256);
    return root;
}

double exact_deviation(struct exact *sum, struct exact *squares, uint64_t n) {
    struct big s, s2, factor = {.limb = {(uint32_t)n, (uint32_t)(n >> 32)}}, q, nq;
    to_magnitude(sum, &s);
    to_magnitude(squares, &q);
    multiply(&nq, &q, &factor, 2);
    // The limbs below one half of EXACT_LOW are zero in a plain sum; without them its square has
    // the scale of the sum of squares.
    memmove(s.limb, s.limb + EXACT_LOW / 64, (EXACT_LIMBS - EXACT_LOW / 64) * sizeof s.limb[0]);
    memset(s.limb + EXACT_LIMBS - EXACT_LOW / 64, 0, EXACT_LOW / 64 * sizeof s.limb[0]);
    multiply(&s2, &s, &s, EXACT_LIMBS);
    subtract(&nq, &s2);
    const int n_bits = bit_length(&nq);
    if (n_bits == 0) {
        return 0;
    }
    const int top = n_bits + (n_bits & 1); // even, so that the root has a whole exponent
    bool rest;
    const u128 root = root_of(&nq, top, &rest);
    rest = rest || root % n;
    return round_once(root / n, rest, (top - 256) / 2 - EXACT_LOW / 2);
}
