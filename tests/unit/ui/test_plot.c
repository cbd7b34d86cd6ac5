// Canvas, axes and picture of plots.
#include "ui/plot_picture.h"

#include <math.h>

#include "../unit.h"
#include "base/date.h"

// --- canvas -------------------------------------------------------------------------------------

static void add_utf8(struct str *out, uint32_t cp) {
    if (cp < 0x80) {
        str_add_byte(out, cp ? (char)cp : ' ');
    } else {
        str_add_byte(out, (char)(0xE0 | cp >> 12));
        str_add_byte(out, (char)(0x80 | (cp >> 6 & 0x3F)));
        str_add_byte(out, (char)(0x80 | (cp & 0x3F)));
    }
}

#define assert_canvas(c, text) check_canvas((c), (text), __FILE__, __LINE__)
static void check_canvas(const struct canvas *c, const char *want, const char *file, int line) {
    auto_str got = STR_INIT;
    for (int y = 0; y < c->h; y++) {
        for (int x = 0; x < c->w; x++) {
            add_utf8(&got, canvas_char(c, x, y));
        }
        str_add_byte(&got, '\n');
    }
    unit_assert_sv(str_sv(&got), want, file, line);
}

static void every_braille_dot_has_its_place(void **state) {
    (void)state;
    static const uint32_t dots[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
    for (int y = 0; y < 4; y++) {
        for (int x = 0; x < 2; x++) {
            struct canvas c = {0};
            canvas_init(&c, STYLE_BRAILLE, 2, 2);
            canvas_dot(&c, 2 + x, 4 + y);
            assert_int_equal(canvas_char(&c, 1, 1), 0x2800 + dots[y][x]);
            assert_int_equal(canvas_char(&c, 0, 0), 0);
            canvas_done(&c);
        }
    }
}

static void every_quadrant_has_its_place(void **state) {
    (void)state;
    // By upper left, upper right, lower left, lower right.
    static const uint32_t chars[16] = {0,      0x2598, 0x259D, 0x2580, 0x2596, 0x258C,
                                       0x259E, 0x259B, 0x2597, 0x259A, 0x2590, 0x259C,
                                       0x2584, 0x2599, 0x259F, 0x2588};
    for (unsigned set = 0; set < 16; set++) {
        struct canvas c = {0};
        canvas_init(&c, STYLE_BLOCKS, 1, 1);
        for (int i = 0; i < 4; i++) {
            if (set >> i & 1) {
                canvas_dot(&c, i % 2, i / 2);
            }
        }
        assert_int_equal(canvas_char(&c, 0, 0), chars[set]);
        canvas_done(&c);
    }
}

static void draws_lines_without_holes(void **state) {
    (void)state;
    struct canvas c = {0};
    canvas_init(&c, STYLE_ASCII, 6, 3);
    canvas_line(&c, 0, 5, 5, 0);
    assert_canvas(&c, "    .'\n  .'  \n.'    \n");
    canvas_init(&c, STYLE_ASCII, 4, 3);
    canvas_line(&c, 3, 5, 0, 0); // the same from right to left
    canvas_line(&c, 1, 2, 1, 2);
    for (int y = 0; y < 6; y++) { // no dot row is left out
        bool any = false;
        for (int x = 0; x < 4; x++) {
            uint32_t cp = canvas_char(&c, x, y / 2);
            any = any || cp == ':' || cp == (y % 2 ? '.' : '\'');
        }
        assert_true(any);
    }
    canvas_init(&c, STYLE_BRAILLE, 3, 1);
    canvas_line(&c, 0, 0, 5, 3);
    assert_canvas(&c, "⠑⠢⢄\n");
    canvas_done(&c);
}

static void leaves_off_what_is_outside(void **state) {
    (void)state;
    struct canvas c = {0};
    canvas_init(&c, STYLE_BLOCKS, 2, 1);
    canvas_dot(&c, -1, 0);
    canvas_dot(&c, 4, 0);
    canvas_dot(&c, 0, 2);
    canvas_vline(&c, 3, -100, 100);
    canvas_line(&c, -5, 0, -2, 5);
    assert_canvas(&c, " ▐\n");
    canvas_init(&c, STYLE_BLOCKS, 0, 0);
    canvas_dot(&c, 0, 0);
    assert_int_equal(canvas_char(&c, 0, 0), 0);
    canvas_done(&c);
}

static void bars_rise_by_eighths(void **state) {
    (void)state;
    assert_int_equal(bar_char(STYLE_BRAILLE, 0), 0);
    assert_int_equal(bar_char(STYLE_BRAILLE, 1), 0x2581);
    assert_int_equal(bar_char(STYLE_BLOCKS, 8), 0x2588);
    assert_int_equal(bar_char(STYLE_BLOCKS, 20), 0x2588);
    assert_int_equal(bar_char(STYLE_ASCII, 0), 0);
    assert_int_equal(bar_char(STYLE_ASCII, 1), '.');
    assert_int_equal(bar_char(STYLE_ASCII, 5), ':');
    assert_int_equal(bar_char(STYLE_ASCII, 8), '#');
    assert_true(bar_light(STYLE_ASCII) < 0x80);
}

// --- axes ---------------------------------------------------------------------------------------

#define assert_ticks(axis, max, text) check_ticks((axis), (max), (text), __FILE__, __LINE__)
static void check_ticks(struct plot_axis axis, size_t max, const char *want, const char *file,
                        int line) {
    double ticks[32];
    double step;
    auto_str got = STR_INIT;
    size_t n = plot_axis_ticks(&axis, max, ticks, &step);
    assert_true(n <= max);
    for (size_t i = 0; i < n; i++) {
        str_add_cstr(&got, i ? " " : "");
        plot_axis_label(&axis, ticks[i], step, &got);
    }
    unit_assert_sv(str_sv(&got), want, file, line);
}

static void number_ticks_are_round(void **state) {
    (void)state;
    assert_ticks(((struct plot_axis){.lo = 112.3, .hi = 131.2}), 5, "115 120 125 130");
    assert_ticks(((struct plot_axis){.lo = 0, .hi = 1}), 5, "0.0 0.5 1.0");
    assert_ticks(((struct plot_axis){.lo = -3, .hi = 4}), 8, "-3 -2 -1 0 1 2 3 4");
    assert_ticks(((struct plot_axis){.lo = 0, .hi = 3, .whole = true}), 9, "0 1 2 3");
    assert_ticks(((struct plot_axis){.lo = 0, .hi = 45000}), 3, "0 20,000 40,000");
    assert_ticks(((struct plot_axis){.lo = 1e-4, .hi = 3e-4}), 4, "0.0001 0.0002 0.0003");
    assert_ticks(((struct plot_axis){.lo = 1e12, .hi = 3e12}), 3, "1e+12 2e+12 3e+12");
    assert_ticks(((struct plot_axis){.lo = 5, .hi = 5}), 3, "");
    assert_ticks(((struct plot_axis){.lo = 0, .hi = 5}), 0, "");
}

static void log_ticks_are_powers(void **state) {
    (void)state;
    assert_ticks(((struct plot_axis){.log = true, .lo = 3, .hi = 40000}), 4, "10 100 1,000 10,000");
    assert_ticks(((struct plot_axis){.log = true, .lo = 3, .hi = 60}), 6, "5 10 20 50");
    assert_ticks(((struct plot_axis){.log = true, .lo = 0.02, .hi = 3}), 9,
                 "0.02 0.05 0.1 0.2 0.5 1 2");
    assert_ticks(((struct plot_axis){.log = true, .whole = true, .lo = 0.5, .hi = 30}), 9,
                 "1 2 5 10 20");
    assert_ticks(((struct plot_axis){.log = true, .lo = 1e-30, .hi = 1e30}), 3,
                 "1e-30 1e-09 1e+12");
}

static double at(int64_t year, int month, int day, int hour, int minute) {
    return (double)(civil_to_days(year, month, day) * US_PER_DAY + hour * US_PER_HOUR +
                    minute * (US_PER_HOUR / 60));
}

static struct plot_axis from_to(double lo, double hi) {
    return (struct plot_axis){.time = true, .lo = lo, .hi = hi};
}

static void time_ticks_are_those_of_calendars_and_clocks(void **state) {
    (void)state;
    assert_ticks(from_to(at(2025, 6, 19, 13, 5), at(2025, 6, 19, 13, 52)), 4, "13:15 13:30 13:45");
    assert_ticks(from_to(at(2025, 6, 19, 13, 5), at(2025, 6, 20, 3, 0)), 5,
                 "15:00 18:00 21:00 00:00 03:00");
    assert_ticks(from_to(at(2025, 6, 19, 13, 5), at(2025, 6, 24, 3, 0)), 5,
                 "2025-06-20 2025-06-21 2025-06-22 2025-06-23 2025-06-24");
    // Weeks begin on Mondays.
    assert_ticks(from_to(at(2025, 6, 19, 0, 0), at(2025, 7, 20, 0, 0)), 5,
                 "2025-06-23 2025-06-30 2025-07-07 2025-07-14");
    assert_ticks(from_to(at(2025, 1, 19, 0, 0), at(2025, 7, 20, 0, 0)), 6,
                 "2025-02 2025-03 2025-04 2025-05 2025-06 2025-07");
    assert_ticks(from_to(at(2019, 5, 17, 0, 0), at(2025, 7, 20, 0, 0)), 6,
                 "2020-01 2021-01 2022-01 2023-01 2024-01 2025-01");
    assert_ticks(from_to(at(1960, 5, 17, 0, 0), at(1971, 7, 20, 0, 0)), 3, "1965-01 1970-01");
    assert_ticks(from_to(at(2025, 6, 19, 13, 5), at(2025, 6, 19, 13, 5) + 12e6), 3,
                 "13:05:00 13:05:05 13:05:10");
}

static void ends_are_named_finely(void **state) {
    (void)state;
    auto_str text = STR_INIT;
    struct plot_axis axis = {.lo = 112.3456, .hi = 131.2};
    plot_axis_end_label(&axis, axis.lo, &text);
    str_add_byte(&text, ' ');
    axis = (struct plot_axis){.lo = 0, .hi = 1200, .whole = true};
    plot_axis_end_label(&axis, axis.hi, &text);
    str_add_byte(&text, ' ');
    axis = from_to(at(2025, 6, 19, 13, 5), at(2025, 6, 19, 23, 0));
    plot_axis_end_label(&axis, axis.lo, &text);
    str_add_byte(&text, ' ');
    axis = from_to(at(2025, 6, 19, 13, 5), at(2025, 7, 19, 23, 0));
    plot_axis_end_label(&axis, axis.hi, &text);
    assert_sv(str_sv(&text), "112.35 1,200 2025-06-19 13:05 2025-07-19");
}

// Logarithmic bars begin below their least value, and do not call that the least.
static void logarithmic_ends_differ(void **state) {
    (void)state;
    auto_str text = STR_INIT;
    const struct plot_axis axis = {.lo = 0.5, .hi = 1, .log = true, .whole = true};
    plot_axis_end_label(&axis, axis.lo, &text);
    str_add_byte(&text, ' ');
    plot_axis_end_label(&axis, axis.hi, &text);
    assert_sv(str_sv(&text), "0.5 1");
}

static void places_and_values_are_inverse(void **state) {
    (void)state;
    const struct plot_axis linear = {.lo = -5, .hi = 15};
    const struct plot_axis log = {.lo = 0.1, .hi = 1000, .log = true};
    assert_true(plot_axis_place(&linear, 0) == 0.25);
    assert_true(plot_axis_value(&linear, 0.25) == 0);
    assert_true(fabs(plot_axis_place(&log, 10) - 0.5) < 1e-12);
    assert_true(fabs(plot_axis_value(&log, 0.5) - 10) < 1e-9);
    assert_true(plot_axis_place(&log, 0) < -1e300);
    assert_true(plot_axis_place(&log, -1) < -1e300);
}

// --- pictures -----------------------------------------------------------------------------------

enum { N = 12000, SPIKE = 7777, DIP = 3333 };

static void make_line(struct plot *p, size_t n) {
    *p = (struct plot){.spec.kind = PLOT_LINE, .x_is_int = true};
    p->points.ptr = calloc(n + 1, sizeof *p->points.ptr);
    assert_non_null(p->points.ptr);
    for (size_t i = 0; i < n; i++) {
        p->points.ptr[i] = (struct plot_point){.x = (double)i, .y = 50, .line = (uint32_t)i};
    }
    p->points.n = p->points.n_rows = n;
}

static uint32_t char_of(const struct picture *pic, int x, int y) {
    return canvas_char(&pic->canvas, x, y);
}

// One point of twelve thousand is enough to be seen, up or down.
static void no_spike_is_lost(void **state) {
    (void)state;
    struct plot p;
    struct picture pic = {0};
    make_line(&p, N);
    p.points.ptr[SPIKE].y = 100;
    p.points.ptr[DIP].y = 0;
    const struct picture_opts opts = {.w = 80, .h = 10};
    assert_true(picture_update(&pic, &p, &opts));
    assert_false(picture_update(&pic, &p, &opts)); // nothing has changed
    int x, w, y;
    assert_true(picture_place(&pic, &p, SPIKE, &x, &w, &y));
    assert_int_equal(y, 0);
    assert_int_not_equal(char_of(&pic, x, 0), 0);
    assert_true(picture_place(&pic, &p, DIP, &x, &w, &y));
    assert_int_equal(y, 9);
    assert_int_not_equal(char_of(&pic, x, 9), 0);
    assert_int_equal(char_of(&pic, 5, 0), 0);
    free(p.points.ptr);
    picture_done(&pic);
}

// Up to two points for each column of dots are joined; of more the dots alone tell where they are.
static void many_points_are_dots(void **state) {
    (void)state;
    struct plot p;
    struct picture pic = {0};
    make_line(&p, 200);
    for (size_t i = 0; i < p.points.n; i += 2) {
        p.points.ptr[i].y = 100; // 100 50 100 50 ...
    }
    picture_update(&pic, &p, &(struct picture_opts){.w = 50, .h = 10}); // 100 columns of dots
    assert_int_not_equal(char_of(&pic, 20, 5), 0);
    picture_update(&pic, &p, &(struct picture_opts){.w = 49, .h = 10});
    assert_int_equal(char_of(&pic, 20, 5), 0);
    assert_int_not_equal(char_of(&pic, 20, 0), 0);
    assert_int_not_equal(char_of(&pic, 20, 9), 0);
    free(p.points.ptr);
    picture_done(&pic);
}

static void details_go_to_the_border(void **state) {
    (void)state;
    struct plot p;
    struct picture pic = {0};
    make_line(&p, 5);
    p.points.ptr[2].y = 60;
    const struct picture_opts opts = {
        .w = 20, .h = 4, .style = STYLE_ASCII, .zoomed = true, .from = 1.5, .to = 2.5};
    picture_update(&pic, &p, &opts);
    assert_int_equal(pic.first, 2);
    assert_int_equal(pic.end, 3);
    for (int x = 0; x < 20; x++) {
        bool any = false;
        for (int y = 0; y < 4; y++) {
            any = any || char_of(&pic, x, y);
        }
        assert_true(any);
    }
    assert_int_equal(picture_item_at(&pic, &p, 0), 2);
    free(p.points.ptr);
    picture_done(&pic);
}

static void logarithms_leave_out_what_is_not_above_zero(void **state) {
    (void)state;
    struct plot p;
    struct picture pic = {0};
    make_line(&p, 10);
    p.points.ptr[3].y = 0;
    p.points.ptr[4].y = -7;
    p.points.ptr[5].y = 5000;
    const struct picture_opts opts = {.w = 20, .h = 4, .log = true};
    picture_update(&pic, &p, &opts);
    assert_int_equal(pic.n_not_above, 2);
    assert_true(pic.y.lo == 50 && pic.y.hi == 5000);
    int x, w, y;
    assert_true(picture_place(&pic, &p, 3, &x, &w, &y));
    assert_int_equal(y, -1);
    const struct picture_opts from_zero = {.w = 20, .h = 4, .zero = true};
    picture_update(&pic, &p, &from_zero);
    assert_int_equal(pic.n_not_above, 0);
    assert_true(pic.y.lo == -7 && pic.y.hi == 5000);
    free(p.points.ptr);
    picture_done(&pic);
}

static void histograms_give_every_bin_its_cells(void **state) {
    (void)state;
    const double values[] = {0, 1, 1, 2, 3, 3, 3, 3};
    struct plot p = {.spec.kind = PLOT_HISTOGRAM};
    struct picture pic = {0};
    int x, w, y;
    histogram_make(&p.bins, values, COUNTOF(values), 4);
    picture_update(&pic, &p, &(struct picture_opts){.w = 23, .h = 2});
    assert_int_equal(pic.per_item, 5);
    assert_int_equal(pic.used_w, 20);
    assert_true(picture_place(&pic, &p, 3, &x, &w, &y));
    assert_int_equal(x, 15);
    assert_int_equal(w, 5);
    assert_int_equal(picture_item_at(&pic, &p, 14), 2);
    assert_int_equal(picture_item_at(&pic, &p, 20), SIZE_MAX);
    assert_int_equal(picture_height(&pic, 4), 16);
    assert_int_equal(picture_height(&pic, 1), 4);
    assert_int_equal(picture_height(&pic, 0), 0);
    // Less room than bins: each cell stands for several, the highest and the lowest are known.
    picture_update(&pic, &p, &(struct picture_opts){.w = 2, .h = 2});
    assert_int_equal(pic.per_item, 0);
    assert_true(pic.bars[1].most == 4 && pic.bars[1].least == 1);
    histogram_done(&p.bins);
    picture_done(&pic);
}

// Axes longer than a number can be, and times outside of any calendar: whatever they show, they
// end.
static void extremes_do_not_hurt(void **state) {
    (void)state;
    static const double extremes[] = {-1.7e308, 1.7e308, 0, 5e-324, 9.3e18, -9.3e18};
    struct plot p;
    struct picture pic = {0};
    make_line(&p, COUNTOF(extremes));
    for (unsigned kind = 0; kind < 8; kind++) {
        p.x_is_time = kind & 1;
        p.version++;
        for (size_t i = 0; i < COUNTOF(extremes); i++) {
            p.points.ptr[i].x = kind & 2 ? (double)i : (double)i * (kind & 1 ? 3.6e18 : 3.5e307);
            p.points.ptr[i].y = extremes[i];
        }
        picture_update(&pic, &p, &(struct picture_opts){.w = 30, .h = 5, .log = kind & 4});
        double ticks[8];
        double step;
        auto_str text = STR_INIT;
        size_t n = plot_axis_ticks(&pic.x, 8, ticks, &step);
        for (size_t i = 0; i < n; i++) {
            plot_axis_label(&pic.x, ticks[i], step, &text);
        }
        plot_axis_end_label(&pic.x, pic.x.hi, &text);
        plot_axis_end_label(&pic.y, pic.y.hi, &text);
        n = plot_axis_ticks(&pic.y, 8, ticks, &step);
        assert_true(n <= 8 && text.len > 0);
        assert_true(picture_item_at(&pic, &p, 7) < COUNTOF(extremes));
    }
    free(p.points.ptr);
    picture_done(&pic);
}

static void sizes_of_nothing_draw_nothing(void **state) {
    (void)state;
    struct plot p;
    struct picture pic = {0};
    make_line(&p, 1);
    picture_update(&pic, &p, &(struct picture_opts){.w = 0, .h = 0});
    picture_update(&pic, &p, &(struct picture_opts){.w = 1, .h = 1});
    assert_int_not_equal(char_of(&pic, 0, 0), 0);
    p.points.n = 0;
    p.version++;
    picture_update(&pic, &p, &(struct picture_opts){.w = 10, .h = 3, .log = true});
    assert_int_equal(picture_item_at(&pic, &p, 0), SIZE_MAX);
    free(p.points.ptr);
    struct plot strip = {.spec.kind = PLOT_STRIP};
    picture_update(&pic, &strip, &(struct picture_opts){.w = 10, .h = 3});
    assert_int_equal(picture_item_at(&pic, &strip, 0), SIZE_MAX);
    struct plot histogram = {.spec.kind = PLOT_HISTOGRAM};
    picture_update(&pic, &histogram, &(struct picture_opts){.w = 10, .h = 3, .log = true});
    assert_int_equal(picture_item_at(&pic, &histogram, 0), SIZE_MAX);
    picture_done(&pic);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_braille_dot_has_its_place),
        cmocka_unit_test(every_quadrant_has_its_place),
        cmocka_unit_test(draws_lines_without_holes),
        cmocka_unit_test(leaves_off_what_is_outside),
        cmocka_unit_test(bars_rise_by_eighths),
        cmocka_unit_test(number_ticks_are_round),
        cmocka_unit_test(log_ticks_are_powers),
        cmocka_unit_test(time_ticks_are_those_of_calendars_and_clocks),
        cmocka_unit_test(ends_are_named_finely),
        cmocka_unit_test(logarithmic_ends_differ),
        cmocka_unit_test(places_and_values_are_inverse),
        cmocka_unit_test(no_spike_is_lost),
        cmocka_unit_test(many_points_are_dots),
        cmocka_unit_test(details_go_to_the_border),
        cmocka_unit_test(logarithms_leave_out_what_is_not_above_zero),
        cmocka_unit_test(histograms_give_every_bin_its_cells),
        cmocka_unit_test(extremes_do_not_hurt),
        cmocka_unit_test(sizes_of_nothing_draw_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
