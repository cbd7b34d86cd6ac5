// Menus over the body: the related rows of x, and the keys behind a prefix.
#include <stdio.h>
#include <stdlib.h>

#include "ui/ui_int.h"

enum { MENU_MAX = 48, LINKS_MAX = 32 };

struct menu_item {
    char keys[24];
    char *label;
    int64_t count;  // -1 = none to show, LINK_UNKNOWN = being counted
    struct sv link; // of the row's definition
};

struct menu {
    char *title;
    struct menu_item items[MENU_MAX];
    size_t n;
    size_t cursor;
    bool counting; // a job makes the indexes that counts need
};

void menu_close(struct ui *ui) {
    struct menu *m = ui->menu;
    if (m) {
        for (size_t i = 0; i < m->n; i++) {
            free(m->items[i].label);
        }
        free(m->title);
        free(m);
    }
    ui->menu = NULL;
    if (ui->mode == MODE_MENU) {
        ui->mode = MODE_NORMAL;
    }
}

// --- related rows ---

static void add_link(struct menu *m, const struct link_target *target) {
    struct menu_item *item = &m->items[m->n++];
    snprintf(item->keys, sizeof item->keys, "%c", target->link->key ? target->link->key : ' ');
    item->label = xstrndup(target->link->label.ptr, target->link->label.len);
    item->count = target->count == LINK_UNKNOWN ? LINK_UNKNOWN : MAX(target->count, 0);
    item->link = target->link->name;
}

void menu_related(struct ui *ui) {
    struct view *v = ui_view(ui);
    struct link_target targets[LINKS_MAX];
    if (!v) {
        ui_message(ui, true, "no row here to find related rows of");
        return;
    }
    bool counting = view_links_prepare(v, ui->opts.pool);
    size_t n = view_links(v, v->cursor, &ui->frame, targets, LINKS_MAX);
    if (!n) {
        ui_message(ui, false, "this view leads nowhere else");
        return;
    }
    struct menu *m = xcalloc(1, sizeof *m);
    m->counting = counting;
    auto_str title = STR_INIT;
    str_add_cstr(&title, "related to ");
    if (v->rows.n) {
        view_row_name(v, v->cursor, &title);
    } else {
        view_title(v, &title);
    }
    m->title = str_take(&title);
    for (size_t i = 0; i < n; i++) {
        add_link(m, &targets[i]);
    }
    menu_close(ui);
    ui->menu = m;
    ui->mode = MODE_MENU;
}

void menu_counted(struct ui *ui) {
    struct menu *m = ui->menu;
    if (m && m->counting && !view_links_prepare(ui_view(ui), ui->opts.pool)) {
        size_t cursor = m->cursor;
        menu_related(ui);
        ui->menu->cursor = cursor;
    }
}

static void choose(struct ui *ui, const struct menu_item *item) {
    struct err err = ERR_INIT;
    struct sv link = item->link;
    struct view *v = ui_view(ui);
    menu_close(ui);
    if (!go_link(ui, v, v->cursor, link, &err)) {
        ui_message(ui, true, "%s", err.msg);
    }
}

// j and k only move where no entry has the letter; arrows, Ctrl-N and Ctrl-P always do.
static int menu_step(const struct key *key, bool plain) {
    const bool ctrl = key->kind == K_CHAR && key->ctrl && !key->alt;
    if (key->kind == K_DOWN || (plain && key->cp == 'j') || (ctrl && key->cp == 'n')) {
        return 1;
    }
    return key->kind == K_UP || (plain && key->cp == 'k') || (ctrl && key->cp == 'p') ? -1 : 0;
}

void menu_key(struct ui *ui, const struct key *key) {
    struct menu *m = ui->menu;
    BUG_ON(!m->n); // a menu without entries is never opened
    bool plain = key->kind == K_CHAR && !key->ctrl && !key->alt;
    if (plain) {
        for (size_t i = 0; i < m->n; i++) {
            if (key->cp > ' ' && key->cp < 0x80 && m->items[i].keys[0] == (char)key->cp) {
                choose(ui, &m->items[i]);
                return;
            }
        }
    }
    const int step = menu_step(key, plain);
    if (step) {
        m->cursor = (m->cursor + m->n + (size_t)(step + 1) - 1) % m->n;
    } else if (key->kind == K_ENTER) {
        choose(ui, &m->items[m->cursor]);
    } else {
        bool leave = key->kind == K_ESC || (plain && (key->cp == 'q' || key->cp == 'x')) ||
                     (key->kind == K_CHAR && key->ctrl);
        menu_close(ui);
        if (!leave) {
            ui_message(ui, true, "no such entry; x shows the related rows");
        }
    }
}

// --- keys behind a prefix ---

static bool continues(const struct ui *ui, const struct binding *b) {
    if (b->n_keys <= ui->n_pending || !(b->where & (page_where(ui) | page_where_else(ui)))) {
        return false;
    }
    for (size_t i = 0; i < ui->n_pending; i++) {
        if (!key_eq(&b->keys[i], &ui->pending[i])) {
            return false;
        }
    }
    return true;
}

static void add_binding(struct menu *m, const struct binding *b) {
    struct menu_item *item = &m->items[m->n++];
    auto_str keys = STR_INIT;
    binding_format(b, &keys);
    snprintf(item->keys, sizeof item->keys, "%s", str_cstr(&keys));
    item->label = b->arg.len ? xasprintf("%s %.*s", b->command->name, SV_ARG(b->arg))
                             : xstrdup(b->command->help);
    item->count = -1;
}

static struct menu *prefix_menu(const struct ui *ui) {
    struct menu *m = xcalloc(1, sizeof *m);
    m->title = xstrdup("keys");
    m->cursor = SIZE_MAX;
    for (size_t i = 0; i < keymap_n(ui->opts.keymap) && m->n < MENU_MAX; i++) {
        const struct binding *b = keymap_at(ui->opts.keymap, i);
        if (continues(ui, b)) {
            add_binding(m, b);
        }
    }
    return m;
}

// --- drawing ---

static int item_width(const struct menu_item *item, bool ascii) {
    return text_columns(sv_cstr(item->keys), ascii, 40) +
           text_columns(sv_cstr(item->label), ascii, 200) + (item->count != -1 ? 14 : 3);
}

static void draw_item(const struct menu *m, size_t idx, struct screen *screen, struct rect line) {
    const struct menu_item *item = &m->items[idx];
    bool dim = item->count == 0;
    int keys_w = 0;
    for (size_t i = 0; i < m->n; i++) {
        keys_w = MAX(keys_w, text_columns(sv_cstr(m->items[i].keys), screen->ascii, 40));
    }
    screen_fill(screen, line, ROLE_MESSAGE);
    screen_put(screen, (struct rect){line.x + 1, line.y, keys_w, 1}, sv_cstr(item->keys),
               (struct text_style){.role = dim ? ROLE_DIM : ROLE_KEY});
    int x = line.x + keys_w + 2;
    screen_put(screen, (struct rect){x, line.y, line.x + line.w - x, 1}, sv_cstr(item->label),
               (struct text_style){.role = dim ? ROLE_DIM : ROLE_MESSAGE});
    if (item->count != -1) {
        char number[24];
        if (item->count == LINK_UNKNOWN) {
            snprintf(number, sizeof number, "...");
        } else {
            snprintf(number, sizeof number, "%lld", (long long)item->count);
        }
        screen_put(screen, (struct rect){line.x + line.w - 10, line.y, 9, 1}, sv_cstr(number),
                   (struct text_style){.role = dim ? ROLE_DIM : ROLE_MESSAGE, .align = TEXT_RIGHT});
    }
    if (idx == m->cursor) {
        screen_overlay(screen, line, OVER_CURSOR_ROW);
    }
}

// At the bottom left of the body, over the rows.
static void draw_menu(const struct menu *m, struct screen *screen, struct rect body) {
    int w = text_columns(sv_cstr(m->title), screen->ascii, body.w) + 4;
    for (size_t i = 0; i < m->n; i++) {
        w = MAX(w, item_width(&m->items[i], screen->ascii) + 2);
    }
    w = MIN(w, body.w);
    int room = MAX(1, body.h - 1);
    int n = (int)m->n;
    // When not all fit the last line says how many are missing, if there is a line for that.
    int rows = n <= room ? n : MAX(1, room - 1);
    int first = m->cursor != SIZE_MAX && (int)m->cursor >= rows ? (int)m->cursor - rows + 1 : 0;
    int h = MIN(n, room) + 1;
    struct rect box = {body.x, body.y + body.h - h, w, h};
    struct rect title = {box.x, box.y, w, 1};
    screen_fill(screen, box, ROLE_MESSAGE);
    screen_fill(screen, title, ROLE_HEADER);
    screen_put(screen, (struct rect){title.x + 1, title.y, w - 1, 1}, sv_cstr(m->title),
               (struct text_style){.role = ROLE_HEADER});
    for (int i = 0; i < rows; i++) {
        draw_item(m, (size_t)(first + i), screen, (struct rect){box.x, box.y + 1 + i, w, 1});
    }
    if (rows < n) {
        char more[32];
        int len = snprintf(more, sizeof more, "... %d more", n - rows);
        // Without a line of its own it stands at the end of the title.
        struct rect at = {box.x + 1, box.y + 1 + rows, w - 1, 1};
        if (rows == room) {
            at = (struct rect){MAX(box.x, box.x + w - len), box.y, MIN(len, w), 1};
        }
        screen_put(screen, at, sv_cstr(more), (struct text_style){.role = ROLE_HINT});
    }
}

void menu_draw(struct ui *ui, struct screen *screen, struct rect body) {
    if (ui->menu) {
        draw_menu(ui->menu, screen, body);
        return;
    }
    // The hint panel lives for one frame: the pending keys are the only state.
    ui->menu = prefix_menu(ui);
    if (ui->menu->n) {
        draw_menu(ui->menu, screen, body);
    }
    menu_close(ui);
}
