// Bytes, signals and the escape delay -> keys and events.
#include <errno.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "term/signals.h"
#include "term/term_int.h"

enum { ESCAPE_DELAY_MS = 25, DOUBLE_CLICK_MS = 400, READ_BYTES = 4096 };

int term_fd(const struct term *term) {
    return term->epoll_fd;
}

static int64_t steady_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_timer(struct term *term, long delay_ms) {
    struct itimerspec when = {.it_value = {.tv_nsec = delay_ms * 1000000}};
    (void)timerfd_settime(term->timer_fd, 0, &when, NULL);
    term->timer_set = delay_ms > 0;
}

// True once, when the escape delay is over.
static bool timer_rang(struct term *term) {
    uint64_t times;
    if (!term->timer_set || read(term->timer_fd, &times, sizeof times) <= 0) {
        return false;
    }
    term->timer_set = false;
    return true;
}

// 1 = bytes were read, 0 = none there, -1 = hung up.
static int read_more(struct term *term) {
    struct pollfd in = {.fd = term->in_fd, .events = POLLIN};
    char bytes[READ_BYTES];
    if (poll(&in, 1, 0) <= 0 || !(in.revents & (POLLIN | POLLHUP | POLLERR))) {
        return 0;
    }
    ssize_t n = read(term->in_fd, bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
        return 0;
    }
    if (n <= 0) {
        return -1;
    }
    key_decoder_feed(&term->keys, bytes, (size_t)n);
    if (term->timer_set) {
        set_timer(term, 0);
    }
    return 1;
}

static void see_signals(struct term *term) {
    unsigned what = signals_take();
    if (term->paused || !what) {
        return;
    }
    if (what & SIGNAL_CONTINUED) {
        term_take_over(term);
        term->resumed = true;
    } else {
        term_fit(term);
    }
}

static bool take_event(struct term *term, struct key *key) {
    if (term->resized) {
        term->resized = false;
        *key = (struct key){.kind = K_RESIZE};
        return true;
    }
    if (term->resumed) {
        term->resumed = false;
        *key = (struct key){.kind = K_RESUME};
        return true;
    }
    return false;
}

// The second of two quick clicks on one cell is a double click; a third begins anew.
static void see_click(struct term *term, struct key *key) {
    if (key->kind != K_CLICK) {
        return;
    }
    int64_t now = steady_ms();
    struct click *last = &term->last_click;
    bool again = last->at_ms && now - last->at_ms <= DOUBLE_CLICK_MS && last->x == key->x &&
                 last->y == key->y;
    *last = (struct click){again ? 0 : now, key->x, key->y};
    if (again) {
        key->kind = K_DOUBLE_CLICK;
    }
}

int term_read_key(struct term *term, struct key *key) {
    see_signals(term);
    if (take_event(term, key)) {
        return 1;
    }
    bool late = timer_rang(term);
    for (;;) {
        while (key_decoder_next(&term->keys, false, key)) {
            if (key->kind != K_UNKNOWN) {
                see_click(term, key);
                return 1;
            }
        }
        int more = read_more(term);
        if (more < 0) {
            return -1;
        }
        late = late && !more;
        if (late && key_decoder_next(&term->keys, true, key)) {
            if (key->kind != K_UNKNOWN) {
                return 1;
            }
        } else if (!more) {
            break;
        }
    }
    if (key_decoder_waits(&term->keys) && !term->timer_set) {
        set_timer(term, ESCAPE_DELAY_MS);
    }
    return 0;
}

void term_flush_keys(struct term *term) {
    (void)tcflush(term->in_fd, TCIFLUSH);
    key_decoder_clear(&term->keys);
}
