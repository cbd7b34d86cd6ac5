// Keys and mouse events, their names in keymap files and key scripts, and the decoder of the bytes
// that a terminal sends. The names: "j", "G", "<", "Ctrl-D", "Alt-Left", "Alt-x", "Shift-Tab",
// "Enter", "Esc", "Tab", "Space", "Backspace", "Del", "Ins", "Up", "Down", "Left", "Right",
// "Home", "End", "PgUp", "PgDn", "F1".."F24"; for the mouse "Click", "DoubleClick", "RightClick",
// "MiddleClick", "Drag", "Release", "WheelUp", "WheelDown", "WheelLeft", "WheelRight".
#ifndef CULPRIT_TERM_KEY_H
#define CULPRIT_TERM_KEY_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum key_kind {
    K_NONE,
    K_CHAR, // `cp` is the character; Space is K_CHAR ' '
    K_ENTER,
    K_ESC,
    K_TAB,
    K_BACKSPACE,
    K_DEL,
    K_INS,
    K_UP,
    K_DOWN,
    K_LEFT,
    K_RIGHT,
    K_HOME,
    K_END,
    K_PGUP,
    K_PGDN,
    K_F, // `cp` is the number, 1..24
    K_CLICK,
    K_DOUBLE_CLICK,
    K_RIGHT_CLICK,
    K_MIDDLE_CLICK,
    K_DRAG, // left button held; x, y = where the pointer is now
    K_RELEASE,
    K_WHEEL_UP,
    K_WHEEL_DOWN,
    K_WHEEL_LEFT,
    K_WHEEL_RIGHT,
    // Not keys; term_read_key() reports them, scripts cannot.
    K_RESIZE,  // term_size() changed
    K_RESUME,  // back from a stop (Ctrl-Z, fg): draw everything again
    K_UNKNOWN, // an escape sequence nobody knows; to be ignored
    N_KEY_KINDS
};

struct key {
    enum key_kind kind;
    uint32_t cp;
    bool ctrl, alt, shift; // of a K_CHAR, shift is in the character: 'G', not Shift-g
    bool pasted;           // text of a bracketed paste: data for a prompt, never a command
    int x, y;              // mouse only; 0-based cell
};

// A character key (of a Ctrl key, `cp` is the lower-case letter).
struct key key_char(uint32_t cp);
bool key_is_mouse(const struct key *key);
// A terminal sends one byte for Ctrl-I and Tab, and no shift with Ctrl-D: reduces such keys to the
// one form that key_parse() gives.
void key_normalise(struct key *key);
// Equal but for position and `pasted`; for looking up bindings.
bool key_eq(const struct key *a, const struct key *b);
// A number that is equal exactly for keys that are key_eq(); for maps.
uint64_t key_code(const struct key *key);

// One key by its name; letters of names in any case, "C-", "M-", "A-", "S-" and "^D" also.
bool key_parse(struct sv name, struct key *out, struct err *err) MUST_USE;
// Appends the name that key_parse() reads back.
void key_format(const struct key *key, struct str *out);
// Several keys in a row as keymaps write them: blank-separated names ("z Ctrl-H"), or a word of
// plain characters ("gg", "zM", "''"). At most `cap` keys; returns how many, 0 on error.
size_t key_parse_seq(struct sv text, struct key *out, size_t cap, struct err *err) MUST_USE;

// --- key scripts ------------------------------------------------------------------------------
// Words separated by blanks are key names or words of plain characters as in key_parse_seq();
// "quoted text" is typed character by character (\" \\ \n \t); # starts a comment up to the line's
// end (a key '#' is written "#" in quotes); a line whose first character is '!' is a directive for
// the caller.
struct key_script {
    struct sv text;   // whole, borrowed
    const char *name; // for messages
    size_t at;
    size_t line;      // 1-based, of the token last returned
    size_t quote_end; // private: end of the quoted text or word being typed, 0 = none
    bool in_word;
};

enum key_token { KEY_SCRIPT_END, KEY_SCRIPT_KEY, KEY_SCRIPT_DIRECTIVE, KEY_SCRIPT_ERROR };

void key_script_init(struct key_script *script, const char *name, struct sv text);
// Fills `key`, or `directive` (the line without '!', trimmed, borrowed). On an error `err` names
// file and line, and the script is at its end.
enum key_token key_script_next(struct key_script *script, struct key *key, struct sv *directive,
                               struct err *err);

#endif
