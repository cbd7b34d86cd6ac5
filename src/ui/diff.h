// A parsed unified diff: Mercurial's default form, Git's form, and patches of hg.mozilla.org's
// raw-rev with a header before the first file.
//
// Driven by the counts of the hunk headers, so that removed lines that look like headers ("-- x"),
// paths with blanks and bare context lines are read right. Any text can be parsed; what is no diff
// is DIFF_OTHER. Memory: 5 bytes a line, no allocation per line; the text is borrowed.
#ifndef CULPRIT_UI_DIFF_H
#define CULPRIT_UI_DIFF_H

#include <stdint.h>

#include "base/array.h"
#include "base/sv.h"

// More than any line number: no line, or a mark of those who store line numbers.
#define DIFF_NO_LINE UINT32_MAX
enum { DIFF_LINE_MARKS = 16 }; // values below DIFF_NO_LINE that are no line either

enum diff_line_kind {
    DIFF_OTHER,  // before the first file: patch header, description
    DIFF_HEADER, // "diff ...", "---", "+++", modes, renames, "index"
    DIFF_HUNK,   // "@@ ..."
    DIFF_CONTEXT,
    DIFF_ADDED,
    DIFF_REMOVED,
    DIFF_NOTE,   // "\ No newline at end of file"
    DIFF_BINARY, // "Binary file ...", lines of a "GIT binary patch"
};

enum diff_change {
    CHANGE_MODIFIED,
    CHANGE_ADDED,
    CHANGE_DELETED,
    CHANGE_RENAMED,
    CHANGE_COPIED,
    CHANGE_MODE, // nothing but the mode
};

struct diff_file {
    struct sv old_path, new_path; // slices of the text; the NULL view when not given
    struct sv old_mode, new_mode; // "100644", when the mode changed
    uint32_t first_line, n_lines; // headers included
    uint32_t first_hunk, n_hunks;
    uint32_t n_added, n_removed;
    enum diff_change change;
    bool binary;
};

struct diff_hunk {
    uint32_t file;
    uint32_t first_line, n_lines; // the "@@" line included
    uint32_t old_start, new_start;
    uint32_t n_added, n_removed;
    bool torn; // ended before its counts were met
};

struct diff {
    struct sv text;
    struct ARRAY_BODY(uint32_t) starts; // offset of each line
    struct ARRAY_BODY(uint8_t) kinds;   // enum diff_line_kind
    struct ARRAY_BODY(struct diff_file) files;
    struct ARRAY_BODY(struct diff_hunk) hunks;
    uint32_t n_added, n_removed;
    bool cut; // longer than 4 GiB: the rest was left out
};

// `text` must stay until diff_done(). Never fails.
void diff_parse(struct diff *d, struct sv text);
void diff_done(struct diff *d);

size_t diff_n_lines(const struct diff *d);
// Without the line end.
struct sv diff_line(const struct diff *d, size_t line);
// The path to show: the new one, the old one of a deleted file.
struct sv diff_file_path(const struct diff_file *file);
// File / hunk that holds the line; -1 before the first.
int64_t diff_file_at(const struct diff *d, size_t line);
int64_t diff_hunk_at(const struct diff *d, size_t line);
// Line numbers in the old and the new file; 0 where the line is in neither.
void diff_numbers(const struct diff *d, size_t line, uint32_t *old_no, uint32_t *new_no);
// Removed lines and the added ones that follow them. Notes ("\ No newline") stand behind the lines
// they belong to and are not counted.
struct diff_block {
    uint32_t old_first, n_old;
    uint32_t new_first, n_new;
    uint32_t end; // behind the block, notes included
};
// The block that begins at the line or holds it; false when it is neither removed nor added.
bool diff_block_at(const struct diff *d, size_t line, struct diff_block *block);
// The removed or added line that stands opposite in the same change block; -1 = none.
int64_t diff_opposite(const struct diff *d, size_t line);

// Changed parts of two lines, by words: byte ranges [from, to) of each side, at most `cap` each.
// None when the lines are equal or have next to nothing in common.
struct diff_span {
    uint32_t from, to;
};
void diff_words(struct sv old_line, struct sv new_line, struct diff_span *old_spans, size_t *n_old,
                struct diff_span *new_spans, size_t *n_new, size_t cap);

#endif
