#include "base/crc32c.h"

#include <pthread.h>
#include <string.h>

#include "base/crc32c_int.h"

enum { N_TABLES = 8 };
static const uint32_t POLY = 0x82F63B78; // Castagnoli, bits reversed

// tables[k][b]: the register after byte b and k zero bytes.
static uint32_t tables[N_TABLES][256];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void fill_tables(void) {
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t reg = b;
        for (int bit = 0; bit < 8; bit++) {
            reg = reg >> 1 ^ (reg & 1 ? POLY : 0);
        }
        tables[0][b] = reg;
    }
    for (size_t k = 1; k < N_TABLES; k++) {
        for (size_t b = 0; b < 256; b++) {
            uint32_t before = tables[k - 1][b];
            tables[k][b] = before >> 8 ^ tables[0][before & 0xFF];
        }
    }
}

static uint32_t step8(uint32_t reg, const unsigned char *p) {
    uint32_t low =
        (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    low ^= reg;
    return tables[7][low & 0xFF] ^ tables[6][low >> 8 & 0xFF] ^ tables[5][low >> 16 & 0xFF] ^
           tables[4][low >> 24] ^ tables[3][p[4]] ^ tables[2][p[5]] ^ tables[1][p[6]] ^
           tables[0][p[7]];
}

uint32_t crc32c_table(uint32_t reg, const unsigned char *bytes, size_t len) {
    pthread_once(&tables_once, fill_tables);
    for (; len >= 8; len -= 8, bytes += 8) {
        reg = step8(reg, bytes);
    }
    for (; len; len--, bytes++) {
        reg = reg >> 8 ^ tables[0][(reg ^ *bytes) & 0xFF];
    }
    return reg;
}

uint32_t crc32c(uint32_t crc, const void *bytes, size_t len) {
    uint32_t reg = ~crc;
    reg = crc32c_has_hardware() ? crc32c_hardware(reg, bytes, len) : crc32c_table(reg, bytes, len);
    return ~reg;
}
