// The prompt of an LLM sample as it was written: commit message and files in tags, each file with
// blocks of added and removed lines. Any other text is shown as plain lines.
#include "ui/text_pane.h"

enum block { BLOCK_NONE, BLOCK_ADDED, BLOCK_REMOVED };

struct markup {
    struct text_pane *pane;
    enum block block;
    bool path_follows; // the line behind <FILE>
};

static void add(struct markup *m, struct sv line, enum role role) {
    struct text_piece piece = {line, role};
    lines_pane_add(m->pane, &piece, 1);
}

static void add_tag(struct markup *m, struct sv line, enum block block) {
    add(m, line, ROLE_LABEL);
    m->block = block;
}

// Lines of a block have six blanks in front, so that no text in it is taken for a tag.
static bool is_tag(struct markup *m, struct sv line) {
    if (sv_is(line, "  <ADDED>") || sv_is(line, "  <REMOVED>")) {
        add_tag(m, line, line.ptr[3] == 'A' ? BLOCK_ADDED : BLOCK_REMOVED);
        lines_pane_stop(m->pane, STOP_HUNK);
    } else if (sv_is(line, "  </ADDED>") || sv_is(line, "  </REMOVED>")) {
        add_tag(m, line, BLOCK_NONE);
    } else if (sv_is(line, "<COMMIT_MESSAGE>")) {
        add_tag(m, line, BLOCK_NONE);
        lines_pane_stop(m->pane, STOP_HUNK);
    } else if (sv_is(line, "<FILE>")) {
        add_tag(m, line, BLOCK_NONE);
        lines_pane_stop(m->pane, STOP_FILE);
        m->path_follows = true;
    } else if (sv_is(line, "</COMMIT_MESSAGE>") || sv_is(line, "</FILE>")) {
        add_tag(m, line, BLOCK_NONE);
    } else {
        return false;
    }
    return true;
}

struct text_pane *markup_pane_new(struct sv text) {
    static const enum role roles[] = {
        [BLOCK_NONE] = ROLE_TEXT, [BLOCK_ADDED] = ROLE_DIFF_ADD, [BLOCK_REMOVED] = ROLE_DIFF_DEL};
    struct markup m = {.pane = lines_pane_new("text")};
    struct sv rest = text;
    struct sv line;
    while (rest.len && sv_split(&rest, '\n', &line)) {
        bool path = m.path_follows;
        m.path_follows = false;
        if (!is_tag(&m, line)) {
            add(&m, line, path ? ROLE_DIFF_FILE : roles[m.block]);
        }
    }
    return m.pane;
}
