// The pictures that `dump` writes.
#include "app/plot_png.h"

#include <cairo.h>
#include <fcntl.h>
#include <math.h>

#include "../unit.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/stats.h"

static const struct plot_file *picture(const char *name) {
    const struct format_def *format = catalog_format(sv_cstr(name));
    assert_non_null(format);
    assert_non_null(format->plot);
    return format->plot;
}

static bool draw(const char *path, const double *values, size_t n, struct err *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    bool ok = plot_png_draw(picture("job_durations.png"), values, n, fd, err);
    assert_int_equal(close(fd), 0);
    return ok;
}

static unsigned number_at(const struct str *bytes, size_t at) {
    const unsigned char *b = (const unsigned char *)bytes->ptr + at;
    return (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8 | b[3];
}

// Pixels of that column that are neither white nor a line of the frame.
static int filled_pixels(cairo_surface_t *image, int x) {
    const unsigned char *data = cairo_image_surface_get_data(image);
    int stride = cairo_image_surface_get_stride(image);
    int n = 0;
    for (int y = 60; y < 418; y++) {
        const unsigned char *px = data + y * stride + x * 4;
        n += px[0] > px[2] + 30; // bars are blue
    }
    return n;
}

static void draws_a_png_that_can_be_read(void **state) {
    const double values[] = {1, 2, 2, 3, 3, 3, 3, NAN, INFINITY, 51};
    struct err err = ERR_INIT;
    auto_str bytes = STR_INIT;
    const char *path = unit_path(state, "one.png");
    assert_true(draw(path, values, COUNTOF(values), &err));
    assert_true(file_read(path, 1 << 20, &bytes, &err));
    assert_memory_equal(bytes.ptr, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    assert_int_equal(number_at(&bytes, 16), 640);
    assert_int_equal(number_at(&bytes, 20), 480);

    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(image), 640);
    // 50 bins from 1 to 51: the bins of 1, 2, 3 and the last one have 1, 2, 4 and 1 values.
    int heights[4];
    const double centres[] = {1.5, 2.5, 3.5, 50.5};
    for (size_t i = 0; i < COUNTOF(centres); i++) {
        // The axis has a fortieth of its length of air at each side.
        const double place = (centres[i] - 1 + 1.25) / 52.5;
        heights[i] = filled_pixels(image, 80 + (int)(place * 520));
    }
    assert_true(heights[0] > 50);
    assert_int_equal(heights[0], heights[3]);
    assert_true(abs(heights[1] - 2 * heights[0]) < 4);
    assert_true(abs(heights[2] - 4 * heights[0]) < 8);
    assert_int_equal(filled_pixels(image, 80 + 260), 0); // nothing in the middle
    cairo_surface_destroy(image);
}

// Columns of pixels left of the frame in which something is written: how many runs of them there
// are, with more blank columns between two than from a label to its tick.
static int runs_left_of_frame(cairo_surface_t *image) {
    const unsigned char *data = cairo_image_surface_get_data(image);
    const int stride = cairo_image_surface_get_stride(image);
    int n_runs = 0;
    int n_blank = 6;
    for (int x = 0; x < 640; x++) {
        int n_dark = 0;
        for (int y = 58; y < 420; y++) {
            n_dark += data[y * stride + x * 4] < 200;
        }
        if (n_dark > 300) { // the frame itself
            break;
        }
        n_runs += n_dark && n_blank >= 6;
        n_blank = n_dark ? 0 : n_blank + 1;
    }
    return n_runs;
}

static void labels_do_not_overlap(void **state) {
    static const size_t counts[] = {3, 40, 400000, 8000000};
    for (size_t i = 0; i < COUNTOF(counts); i++) {
        struct err err = ERR_INIT;
        const char *path = unit_path(state, "labels.png");
        double *values = xcalloc(counts[i] + 1, sizeof *values);
        values[counts[i]] = 1; // all others are 0
        assert_true(draw(path, values, counts[i] + 1, &err));
        free(values);
        cairo_surface_t *image = cairo_image_surface_create_from_png(path);
        assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
        assert_int_equal(runs_left_of_frame(image), 2); // the axis' label, and those of its ticks
        cairo_surface_destroy(image);
    }
}

static void the_same_values_give_the_same_bytes(void **state) {
    const double values[] = {4.25, 1, 88, 12, 13, 13};
    const double other[] = {4.25, 1, 88, 12, 13, 60};
    struct err err = ERR_INIT;
    auto_str first = STR_INIT;
    auto_str second = STR_INIT;
    auto_str third = STR_INIT;
    const char *path = unit_path(state, "same.png");
    assert_true(draw(path, values, COUNTOF(values), &err));
    assert_true(file_read(path, 1 << 20, &first, &err));
    assert_true(draw(path, values, COUNTOF(values), &err));
    assert_true(file_read(path, 1 << 20, &second, &err));
    assert_true(draw(path, other, COUNTOF(other), &err));
    assert_true(file_read(path, 1 << 20, &third, &err));
    assert_true(sv_eq(str_sv(&first), str_sv(&second)));
    assert_false(sv_eq(str_sv(&first), str_sv(&third)));
}

static void nothing_gives_no_picture(void **state) {
    const double values[] = {NAN};
    struct err err = ERR_INIT;
    assert_false(draw(unit_path(state, "none.png"), values, 1, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "group_durations"));
}

static void a_full_disk_is_reported(void **state) {
    (void)state;
    const double values[] = {1, 2};
    struct err err = ERR_INIT;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        skip(); // no such device here
    }
    assert_false(plot_png_draw(picture("job_durations.png"), values, 2, fd, &err));
    assert_int_equal(err.code, ERR_IO);
    close(fd);
}

// From the store, as `dump` does it, and back: the picture is known, and there is nothing in it.
static void pictures_of_a_store_are_known_again(void **state) {
    static const char *const names[] = {"perf_jobs_per_revision_dist.png", "job_durations.png"};
    struct err err = ERR_INIT;
    const char *paths[] = {CORPUS "/mozilla-perf/expected/e2e/small"};
    const struct import_opts opts = {
        .store_dir = unit_path(state, "store"), .paths = paths, .n_paths = 1};
    struct import_result result = {0};
    assert_true(catalog_import(&opts, &result, &err));
    size_t n_pictures = 0;
    for (size_t i = 0; i < result.n_files; i++) {
        n_pictures += result.files[i].outcome == IMPORT_PICTURE;
    }
    assert_int_equal(n_pictures, 2);
    assert_int_equal(result.n_refused, 0);
    import_result_done(&result);

    struct snapshot *snap = snapshot_open(unit_path(state, "store"), NULL, &err);
    assert_non_null(snap);
    for (size_t i = 0; i < COUNTOF(names); i++) {
        char *path = unit_path(state, names[i]);
        assert_true(catalog_can_dump(snap, catalog_format(sv_cstr(names[i]))));
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        assert_true(plot_png_write(snap, picture(names[i]), fd, &err));
        assert_int_equal(close(fd), 0);
        assert_ptr_equal(catalog_detect(path, &err), catalog_format(sv_cstr(names[i])));
        // Called otherwise it is just a picture.
        char *other = unit_path(state, "holiday.png");
        assert_int_equal(rename(path, other), 0);
        assert_null(catalog_detect(other, &err));
        assert_int_equal(err.code, ERR_FORMAT);
    }
    snapshot_unref(snap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(draws_a_png_that_can_be_read),
        unit_test_in_dir(labels_do_not_overlap),
        unit_test_in_dir(the_same_values_give_the_same_bytes),
        unit_test_in_dir(nothing_gives_no_picture),
        cmocka_unit_test(a_full_disk_is_reported),
        unit_test_in_dir(pictures_of_a_store_are_known_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
