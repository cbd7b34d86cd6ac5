// Pictures that `dump` writes: a histogram as PNG. The only door to the drawing library.
#ifndef CULPRIT_APP_PLOT_PNG_H
#define CULPRIT_APP_PLOT_PNG_H

#include "catalog/catalog.h"

enum { PLOT_PNG_W = 640, PLOT_PNG_H = 480 };

// Draws the values of the picture's column as a histogram of 50 bins and writes it to `fd`. The
// same values give the same bytes on every machine that has the same version of the library: the
// letters are its own and no installed font's. Values that are null or not finite are left out;
// without any there is no picture (ERR_NOT_FOUND).
bool plot_png_write(struct snapshot *snap, const struct plot_file *plot, int fd,
                    struct err *err) MUST_USE;
// The drawing alone.
bool plot_png_draw(const struct plot_file *plot, const double *values, size_t n, int fd,
                   struct err *err) MUST_USE;

#endif
