#include "base/crc32c_int.h"

#ifdef __x86_64__
#include <nmmintrin.h>
#include <string.h>

bool crc32c_has_hardware(void) {
    return __builtin_cpu_supports("sse4.2");
}

__attribute__((target("sse4.2"))) uint32_t crc32c_hardware(uint32_t reg, const unsigned char *bytes,
                                                           size_t len) {
    uint64_t wide = reg;
    for (; len >= sizeof(uint64_t); len -= sizeof(uint64_t), bytes += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        wide = _mm_crc32_u64(wide, word);
    }
    reg = (uint32_t)wide;
    for (; len; len--, bytes++) {
        reg = _mm_crc32_u8(reg, *bytes);
    }
    return reg;
}
#else
bool crc32c_has_hardware(void) {
    return false;
}

uint32_t crc32c_hardware(uint32_t reg, const unsigned char *bytes, size_t len) {
    return crc32c_table(reg, bytes, len);
}
#endif
