#include "term/theme.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/doc.h"
#include "base/embed.h"
#include "base/file.h"
#include "term/colour.h"
#include "term/screen.h"

enum { THEME_LIMIT_BYTES = 1 << 20, LONGEST_NAME = 64 };

// The forms in which a file gives a style.
enum form { FORM_FULL, FORM_BASIC, FORM_MONO, N_FORMS };

struct raw {
    struct style style;
    bool given;
};

struct reader {
    struct doc doc;
    const char *source;
    struct sv text;
    struct str *faults;
    size_t n_faults;
    struct str path;
    struct theme *theme;
    struct raw raw[N_ROLES][N_FORMS];
    // What the field being read belongs to.
    enum role role;
    enum form form;
};

typedef void (*field_fn)(struct reader *r, struct sv name, const struct doc_token *value);

static size_t line_of(struct sv text, size_t at) {
    size_t line = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        line += text.ptr[i] == '\n';
    }
    return line;
}

static void fault(struct reader *r, size_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);

static void fault(struct reader *r, size_t at, const char *fmt, ...) {
    r->n_faults++;
    if (!r->faults) {
        return;
    }
    str_addf(r->faults, "%s:%zu: %s: ", r->source, line_of(r->text, at), str_cstr(&r->path));
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(r->faults, fmt, ap);
    va_end(ap);
    str_add_byte(r->faults, '\n');
}

// --- reading ----------------------------------------------------------------------------------

// Calls `field` for each field of the object that `open` began; it must read the value whole.
static void read_map(struct reader *r, const struct doc_token *open, field_fn field) {
    if (open->kind != DOC_MAP) {
        fault(r, open->at, "expected an object in braces");
        (void)doc_skip(&r->doc, open);
        return;
    }
    size_t path_len = r->path.len;
    struct doc_token key, value;
    while (doc_next(&r->doc, &key) && key.kind == DOC_KEY) {
        char name[LONGEST_NAME];
        size_t len = MIN(key.text.len, sizeof name);
        memcpy(name, key.text.ptr, len);
        str_addf(&r->path, ".%.*s", (int)len, name);
        if (!doc_next(&r->doc, &value)) {
            break;
        }
        field(r, sv_make(name, len), &value);
        str_cut(&r->path, path_len);
    }
    str_cut(&r->path, path_len);
}

static void unknown_field(struct reader *r, const struct doc_token *value, const char *known) {
    fault(r, value->at, "no such field; there are %s", known);
    (void)doc_skip(&r->doc, value);
}

static void read_colour(struct reader *r, const struct doc_token *value, int32_t *out) {
    if ((value->kind != DOC_TEXT && value->kind != DOC_INT) || !colour_parse(value->text, out)) {
        fault(r, value->at,
              "expected a colour: \"default\", a name such as \"bright-blue\", 0 to 255 or "
              "\"#rrggbb\"");
        (void)doc_skip(&r->doc, value);
    }
}

static bool find_attr(struct sv name, uint8_t *bit) {
    static const struct {
        const char *name;
        uint8_t bit;
    } attrs[] = {{"bold", STYLE_BOLD},
                 {"dim", STYLE_DIM},
                 {"italic", STYLE_ITALIC},
                 {"underline", STYLE_UNDERLINE},
                 {"reverse", STYLE_REVERSE}};
    for (size_t i = 0; i < COUNTOF(attrs); i++) {
        if (sv_is(name, attrs[i].name)) {
            *bit = attrs[i].bit;
            return true;
        }
    }
    return false;
}

static void read_attr(struct reader *r, const struct doc_token *value, uint8_t bit,
                      struct style *style) {
    if (value->kind != DOC_BOOL) {
        fault(r, value->at, "expected true or false");
        (void)doc_skip(&r->doc, value);
    } else if (value->b) {
        style->attrs |= bit;
    }
}

static void read_style(struct reader *r, const struct doc_token *value, enum form form);

static void style_field(struct reader *r, struct sv name, const struct doc_token *value) {
    struct style *style = &r->raw[r->role][r->form].style;
    uint8_t bit;
    bool nested = r->form == FORM_FULL;
    bool coloured = r->form != FORM_MONO;
    if (find_attr(name, &bit)) {
        read_attr(r, value, bit, style);
    } else if (coloured && sv_is(name, "fg")) {
        read_colour(r, value, &style->fg);
    } else if (coloured && sv_is(name, "bg")) {
        read_colour(r, value, &style->bg);
    } else if (nested && sv_is(name, "basic")) {
        read_style(r, value, FORM_BASIC);
    } else if (nested && sv_is(name, "mono")) {
        read_style(r, value, FORM_MONO);
    } else {
        unknown_field(r, value,
                      nested     ? "fg, bg, bold, dim, italic, underline, reverse, basic, mono"
                      : coloured ? "fg, bg, bold, dim, italic, underline, reverse"
                                 : "bold, dim, italic, underline, reverse");
    }
}

static void read_style(struct reader *r, const struct doc_token *value, enum form form) {
    enum form outer = r->form;
    struct raw *raw = &r->raw[r->role][form];
    if (raw->given) {
        fault(r, value->at, "given twice");
    }
    *raw = (struct raw){{COLOUR_DEFAULT, COLOUR_DEFAULT, 0}, true};
    r->form = form;
    read_map(r, value, style_field);
    r->form = outer;
}

static void role_field(struct reader *r, struct sv name, const struct doc_token *value) {
    if (!role_find(name, &r->role)) {
        fault(r, value->at, "no role is called '%.*s'", SV_ARG(name));
        (void)doc_skip(&r->doc, value);
        return;
    }
    read_style(r, value, FORM_FULL);
}

static void read_text(struct reader *r, const struct doc_token *value, char **out) {
    if (value->kind != DOC_TEXT || *out) {
        fault(r, value->at, *out ? "given twice" : "expected a text in quotes");
        (void)doc_skip(&r->doc, value);
        return;
    }
    *out = xstrndup(value->text.ptr ? value->text.ptr : "", value->text.len);
}

static void top_field(struct reader *r, struct sv name, const struct doc_token *value) {
    if (sv_is(name, "name")) {
        read_text(r, value, &r->theme->name);
    } else if (sv_is(name, "help")) {
        read_text(r, value, &r->theme->help);
    } else if (sv_is(name, "roles")) {
        read_map(r, value, role_field);
    } else {
        unknown_field(r, value, "name, help, roles");
    }
}

// --- reduction to what a terminal can show ----------------------------------------------------

static bool same_background(int32_t a, int32_t b) {
    return a == b || (a >= 0 && b >= 0 && colour_rgb(a) == colour_rgb(b));
}

// Colours gone, the meaning of a background stays as reverse video.
static struct style reduce_mono(const struct reader *r, struct style full) {
    bool highlighted = !same_background(full.bg, r->raw[ROLE_TEXT][FORM_FULL].style.bg);
    if (highlighted && full.bg != COLOUR_DEFAULT) {
        full.attrs |= STYLE_REVERSE;
    }
    return (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, full.attrs};
}

static struct style reduce_8(struct style full) {
    struct style out = {colour_to_8(full.fg), colour_to_8(full.bg), full.attrs};
    if (out.fg == out.bg && out.fg != COLOUR_DEFAULT) { // would be unreadable
        out.fg = out.bg = COLOUR_DEFAULT;
        out.attrs |= STYLE_REVERSE;
    }
    return out;
}

static void reduce_role(const struct reader *r, enum role role) {
    const struct raw *raw = r->raw[role];
    struct style full = raw[FORM_FULL].style;
    struct style basic = raw[FORM_BASIC].style;
    struct style(*out)[N_ROLES] = r->theme->styles;
    out[DEPTH_DIRECT][role] = full;
    out[DEPTH_256][role] =
        (struct style){colour_to_256(full.fg), colour_to_256(full.bg), full.attrs};
    out[DEPTH_8][role] = reduce_8(raw[FORM_BASIC].given ? basic : full);
    out[DEPTH_MONO][role] = raw[FORM_MONO].given ? raw[FORM_MONO].style : reduce_mono(r, full);
}

static void reduce_all(struct reader *r) {
    for (unsigned role = 0; role < N_ROLES; role++) {
        if (!r->raw[role][FORM_FULL].given) {
            r->raw[role][FORM_FULL].style = (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
        }
    }
    for (unsigned role = 0; role < N_ROLES; role++) {
        reduce_role(r, (enum role)role);
    }
}

// --- themes -----------------------------------------------------------------------------------

static void read_top(struct reader *r) {
    struct doc_token tok;
    bool begun = doc_next(&r->doc, &tok);
    if (begun) {
        read_map(r, &tok, top_field);
    }
    while (doc_next(&r->doc, &tok)) {
    }
    if (!begun || tok.kind == DOC_ERROR) {
        fault(r, tok.kind == DOC_ERROR ? tok.at : 0, "%s", doc_error(&r->doc)->msg);
    } else if (!r->theme->name) {
        fault(r, 0, "the theme has no \"name\"");
    }
}

struct theme *theme_parse(const char *source, struct sv text, struct str *faults, struct err *err) {
    struct theme *theme = xcalloc(1, sizeof *theme);
    struct reader *r = xcalloc(1, sizeof *r);
    r->source = source;
    r->text = text;
    r->faults = faults;
    r->theme = theme;
    str_add_cstr(&r->path, "$");
    json_doc_init(&r->doc, text);
    read_top(r);
    doc_done(&r->doc);
    reduce_all(r);
    if (r->n_faults) {
        err_set(err, ERR_FORMAT, "%s: %zu fault%s", source, r->n_faults,
                r->n_faults == 1 ? "" : "s");
        theme_free(theme);
        theme = NULL;
    }
    str_done(&r->path);
    free(r);
    return theme;
}

void theme_free(struct theme *theme) {
    if (theme) {
        free(theme->name);
        free(theme->help);
        free(theme);
    }
}

static struct theme *load_user(const char *path, struct str *faults, struct err *err) {
    struct str text = STR_INIT;
    struct theme *theme = NULL;
    if (file_read(path, THEME_LIMIT_BYTES, &text, err)) {
        theme = theme_parse(path, str_sv(&text), faults, err);
    } else if (faults && err) {
        str_addf(faults, "%s\n", err->msg);
    }
    str_done(&text);
    return theme;
}

// A name is a file name without its folder; anything else is nobody's theme.
static bool is_plain_name(struct sv name) {
    return name.len && name.len <= LONGEST_NAME && name.ptr[0] != '.' &&
           !memchr(name.ptr, '/', name.len) && !memchr(name.ptr, 0, name.len);
}

struct theme *theme_load(const char *user_dir, struct sv name, struct str *faults,
                         struct err *err) {
    if (is_plain_name(name)) {
        char file[LONGEST_NAME + 8];
        snprintf(file, sizeof file, "%.*s.json", SV_ARG(name));
        char *path = user_dir ? path_join(user_dir, file) : NULL;
        if (path && file_exists(path)) {
            struct theme *theme = load_user(path, faults, err);
            free(path);
            return theme;
        }
        free(path);
        for (size_t i = 0; i < embedded_themes_n; i++) {
            const struct embedded_file *f = &embedded_themes[i];
            if (sv_is(sv_cstr(file), f->name)) {
                return theme_parse(f->name, sv_make(f->text, f->len), faults, err);
            }
        }
    }
    struct str known = STR_INIT;
    theme_names(user_dir, &known);
    for (size_t i = 0; i + 1 < known.len; i++) {
        known.ptr[i] = known.ptr[i] == '\n' ? ' ' : known.ptr[i];
    }
    str_cut(&known, known.len ? known.len - 1 : 0);
    err_set(err, ERR_NOT_FOUND, "no theme is called '%.*s'; there are: %s", SV_ARG(name),
            str_cstr(&known));
    str_done(&known);
    return NULL;
}

// --- names ------------------------------------------------------------------------------------

struct name_list ARRAY_BODY(char *);

static void add_name(struct name_list *list, const char *file) {
    struct sv name = sv_cstr(file);
    if (!sv_ends(name, SV(".json")) || !is_plain_name(name)) {
        return;
    }
    name.len -= sizeof ".json" - 1;
    array_foreach (known, list) {
        if (sv_is(name, *known)) {
            return;
        }
    }
    array_push(list, xstrndup(name.ptr, name.len));
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void theme_names(const char *user_dir, struct str *out) {
    struct name_list list = {0};
    for (size_t i = 0; i < embedded_themes_n; i++) {
        add_name(&list, embedded_themes[i].name);
    }
    DIR *dir = user_dir ? opendir(user_dir) : NULL;
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        add_name(&list, e->d_name);
    }
    if (dir) {
        closedir(dir);
    }
    if (list.n) {
        qsort(list.ptr, list.n, sizeof *list.ptr, compare_names);
    }
    array_foreach (name, &list) {
        str_addf(out, "%s\n", *name);
        free(*name);
    }
    array_done(&list);
}

// --- cells ------------------------------------------------------------------------------------

static void lay_over(struct style *style, const struct style *over) {
    if (over->fg != COLOUR_DEFAULT) {
        style->fg = over->fg;
    }
    if (over->bg != COLOUR_DEFAULT) {
        style->bg = over->bg;
    }
    style->attrs |= over->attrs;
}

struct style theme_cell_style(const struct theme *theme, enum theme_depth depth, enum role role,
                              unsigned over) {
    static const struct {
        unsigned bit;
        enum role role;
    } layers[] = {{OVER_SELECTED, ROLE_SELECTED},
                  {OVER_CURSOR_ROW, ROLE_CURSOR_ROW},
                  {OVER_CURSOR_CELL, ROLE_CURSOR_CELL},
                  {OVER_MATCH, ROLE_MATCH},
                  {OVER_MATCH_CURRENT, ROLE_MATCH_CURRENT}};
    const struct style *styles = theme->styles[depth < N_DEPTHS ? depth : DEPTH_MONO];
    struct style out = styles[ROLE_TEXT];
    if (role != ROLE_TEXT && role < N_ROLES) {
        lay_over(&out, &styles[role]);
    }
    for (size_t i = 0; over && i < COUNTOF(layers); i++) {
        if (over & layers[i].bit) {
            lay_over(&out, &styles[layers[i].role]);
        }
    }
    if (out.fg == out.bg && out.fg != COLOUR_DEFAULT) { // a layer hid the text of another
        out.fg = styles[ROLE_TEXT].fg;
        out.attrs |= out.fg == out.bg ? STYLE_REVERSE : 0;
    }
    return out;
}
