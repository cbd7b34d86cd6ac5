#include "arrow/arrow_map.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arrow/arrow_int.h"
#include "arrow/arrow_read.h"

enum { MAX_MAPS = 65536 };

// One mapping, as the handler sees it. `from` is written last and cleared first, and read twice:
// an entry that changes under the handler is not matched.
struct entry {
    atomic_uintptr_t from; // 0 = free
    atomic_size_t len;
    _Atomic(atomic_uint *) damaged;
};

static struct entry entries[MAX_MAPS];
static atomic_size_t n_entries; // entries ever used
static size_t first_free;       // no free entry below; under `table_lock`
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t initialised = PTHREAD_ONCE_INIT;
static struct sigaction previous;
static _Atomic(void (*)(int)) fallback_action;
static uintptr_t page_size;

static struct entry *find_entry(uintptr_t addr) {
    size_t n = atomic_load_explicit(&n_entries, memory_order_acquire);
    for (size_t i = 0; i < n; i++) {
        struct entry *e = &entries[i];
        uintptr_t from = atomic_load_explicit(&e->from, memory_order_acquire);
        size_t len = atomic_load_explicit(&e->len, memory_order_acquire);
        if (from && addr >= from && addr - from < len &&
            atomic_load_explicit(&e->from, memory_order_acquire) == from) {
            return e;
        }
    }
    return NULL;
}

// Only one system call and atomics: this runs in the middle of any code. The call is made directly
// because mmap() may be interposed by libraries that are not safe inside a handler.
static bool patch_page(uintptr_t addr) {
    struct entry *e = find_entry(addr);
    if (!e) {
        return false;
    }
    long page = syscall(SYS_mmap, addr & ~(page_size - 1), page_size, PROT_READ,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (page == -1) {
        return false;
    }
    atomic_uint *damaged = atomic_load_explicit(&e->damaged, memory_order_acquire);
    atomic_fetch_add_explicit(damaged, 1, memory_order_relaxed);
    return true;
}

static void pass_on(int sig, siginfo_t *info, void *context) {
    void (*fallback)(int) = atomic_load(&fallback_action);
    if (fallback) {
        fallback(sig);
    } else if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(sig, info, context);
        return;
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(sig);
        return;
    }
    // A real fault happens again on return and a sent signal waits until then: both end the process
    // with the right signal.
    struct sigaction dfl = {.sa_handler = SIG_DFL};
    sigemptyset(&dfl.sa_mask);
    sigaction(sig, &dfl, NULL);
    raise(sig);
}

static void on_sigbus(int sig, siginfo_t *info, void *context) {
    int saved = errno;
    bool is_fault = info->si_code == BUS_ADRERR;
    if (!is_fault || !patch_page((uintptr_t)info->si_addr)) {
        pass_on(sig, info, context);
    }
    errno = saved;
}

static void init(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    BUG_ON(sigaction(SIGBUS, NULL, &previous) != 0);
}

// Looked at again with each mapping: a library that puts its own handler in our place would turn
// a file that shrinks into a crash. `previous` stays what stood here first.
void arrow_sigbus_install(void) {
    pthread_once(&initialised, init);
    struct sigaction now;
    BUG_ON(sigaction(SIGBUS, NULL, &now) != 0);
    if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_sigbus) {
        return;
    }
    struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    BUG_ON(sigaction(SIGBUS, &action, NULL) != 0);
}

void arrow_sigbus_fallback(void (*fallback)(int sig)) {
    atomic_store(&fallback_action, fallback);
}

// MAX_MAPS when the table is full.
static size_t take_entry(const void *ptr, size_t len, atomic_uint *damaged) {
    pthread_mutex_lock(&table_lock);
    size_t slot = first_free;
    while (slot < MAX_MAPS && atomic_load(&entries[slot].from)) {
        slot++;
    }
    first_free = slot;
    if (slot < MAX_MAPS) {
        struct entry *e = &entries[slot];
        atomic_store(&e->len, len);
        atomic_store(&e->damaged, damaged);
        atomic_store(&e->from, (uintptr_t)ptr);
        first_free = slot + 1;
        if (slot >= atomic_load(&n_entries)) {
            atomic_store(&n_entries, slot + 1);
        }
    }
    pthread_mutex_unlock(&table_lock);
    return slot;
}

bool arrow_map_fd(struct arrow_map *map, int fd, size_t len, atomic_uint *damaged,
                  struct err *err) {
    *map = (struct arrow_map){0};
    arrow_sigbus_install();
    void *ptr = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
    if (ptr == MAP_FAILED) {
        err_sys(err, "cannot map %zu bytes", len);
        return arrow_io(err);
    }
    size_t slot = take_entry(ptr, len, damaged);
    if (slot == MAX_MAPS) {
        munmap(ptr, len);
        return err_set_sub(err, ERR_LIMIT, ARROW_ERR_IO, "more than %d files are open", MAX_MAPS);
    }
    *map = (struct arrow_map){.ptr = ptr, .len = len, .slot = slot, .damaged = damaged};
    return true;
}

void arrow_unmap(struct arrow_map *map) {
    if (!map->ptr) {
        return;
    }
    pthread_mutex_lock(&table_lock);
    atomic_store(&entries[map->slot].from, 0);
    first_free = MIN(first_free, map->slot);
    pthread_mutex_unlock(&table_lock);
    munmap((void *)(uintptr_t)map->ptr, map->len);
    *map = (struct arrow_map){0};
}
