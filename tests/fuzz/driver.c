// Runs a fuzz target without libFuzzer: replays every seed, then a fixed number of seeded mutations
// of them (byte flips, cuts, splices), so that ordinary test runs exercise each parser the same way
// on every machine. FUZZ_RUNS sets the number of mutations (default 2000).
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SEEDS = 256, MAX_SIZE = 1 << 20 };

struct seed {
    uint8_t *bytes;
    size_t size;
};

static struct seed seeds[MAX_SEEDS];
static size_t n_seeds;
static uint64_t rng_state = 0x9e3779b97f4a7c15U;

static uint64_t rng(void) {
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state;
}

static void load_seed(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f || n_seeds == MAX_SEEDS) {
        fprintf(stderr, "cannot load seed %s\n", path);
        exit(1);
    }
    uint8_t *bytes = malloc(MAX_SIZE);
    size_t size = bytes ? fread(bytes, 1, MAX_SIZE, f) : 0;
    fclose(f);
    seeds[n_seeds++] = (struct seed){bytes, size};
}

static size_t mutate(uint8_t *buf, size_t cap) {
    const struct seed *s = &seeds[rng() % n_seeds];
    size_t size = s->size < cap ? s->size : cap;
    memcpy(buf, s->bytes, size);
    for (uint64_t n = rng() % 8 + 1; n && size; n--) {
        size_t at = (size_t)(rng() % size);
        switch (rng() % 4) {
        case 0:
            buf[at] ^= (uint8_t)(1U << (rng() % 8));
            break;
        case 1:
            buf[at] = (uint8_t)rng();
            break;
        case 2:
            size = at;
            break;
        default: {
            const struct seed *o = &seeds[rng() % n_seeds];
            size_t from = o->size ? (size_t)(rng() % o->size) : 0;
            size_t len = (size_t)(rng() % 64);
            len = len < o->size - from ? len : o->size - from;
            len = len < size - at ? len : size - at;
            memcpy(buf + at, o->bytes + from, len);
        }
        }
    }
    return size;
}

int main(int argc, char **argv) {
    const char *folder = argc > 1 ? argv[1] : ".";
    DIR *dir = opendir(folder);
    if (!dir) {
        fprintf(stderr, "no seed folder %s\n", folder);
        return 1;
    }
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] != '.') {
            load_seed(folder, e->d_name);
        }
    }
    closedir(dir);
    if (!n_seeds) {
        fprintf(stderr, "no seeds in %s\n", folder);
        return 1;
    }
    for (size_t i = 0; i < n_seeds; i++) {
        LLVMFuzzerTestOneInput(seeds[i].bytes, seeds[i].size);
    }
    const char *runs = getenv("FUZZ_RUNS");
    long n = runs ? strtol(runs, NULL, 10) : 2000;
    uint8_t *buf = malloc(MAX_SIZE);
    for (long i = 0; buf && i < n; i++) {
        LLVMFuzzerTestOneInput(buf, mutate(buf, MAX_SIZE));
    }
    printf("%zu seeds, %ld mutations\n", n_seeds, n);
    for (size_t i = 0; i < n_seeds; i++) {
        free(seeds[i].bytes);
    }
    free(buf);
    return 0;
}
