// The hardware twin of crc32c(), apart because it needs compiler extensions.
#ifndef CULPRIT_BASE_CRC32C_INT_H
#define CULPRIT_BASE_CRC32C_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Both work on the inverted register: crc32c() inverts before and after.
uint32_t crc32c_table(uint32_t reg, const unsigned char *bytes, size_t len);
bool crc32c_has_hardware(void);
// Only where crc32c_has_hardware().
uint32_t crc32c_hardware(uint32_t reg, const unsigned char *bytes, size_t len);

#endif
