// CRC-32C (Castagnoli), in hardware where SSE4.2 is there, tables elsewhere.
#ifndef CULPRIT_BASE_CRC32C_H
#define CULPRIT_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

// Continue with the previous result; start with 0.
uint32_t crc32c(uint32_t crc, const void *bytes, size_t len);

#endif
