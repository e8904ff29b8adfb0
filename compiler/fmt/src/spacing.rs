//! The blank, or none, between two pieces on one line.

use crate::pieces::Piece;
use qi_syntax::{SyntaxKind::*, T};

/// True if a blank stands between `left` and `right`.
pub(crate) fn blank_between(left: &Piece, right: &Piece) -> bool {
    if left.is_comment() {
        return !matches!(right.kind, T![,] | T![;] | T![')'] | T![']']);
    }
    if right.is_comment() {
        return !matches!(left.kind, T!['('] | T!['[']) || right.is_line_comment();
    }
    // `x? .y` would become `x?.y`, which means something else.
    if left.kind == T![?] && left.parent == TRY_EXPR && matches!(right.kind, T![.] | T![..] | T![?] | T![??] | T![?.]) {
        return true;
    }
    !(is_tight_after(left, right) || is_tight_before(left, right))
}

fn is_tight_after(left: &Piece, right: &Piece) -> bool {
    match left.kind {
        T!['('] | T!['['] | T![.] | T![?.] | T![::] | T![@] | T![~] => true,
        T!['{'] => right.kind == T!['}'] || matches!(left.parent, MAP_EXPR | IMPORT_LIST),
        T![<] => matches!(left.parent, GENERIC_ARG_LIST | GENERIC_PARAM_LIST),
        T![-] => matches!(left.parent, PREFIX_EXPR | LITERAL_PATTERN),
        T![!] => left.parent == PREFIX_EXPR,
        T![<-] => left.parent == RECEIVE_EXPR,
        T![..] | T![..=] => right.kind != T!['}'],
        T![/] => left.parent == IMPORT_PATH,
        T![|] => left.parent == PARAM_LIST && left.is_first,
        _ => false,
    }
}

fn is_tight_before(left: &Piece, right: &Piece) -> bool {
    match right.kind {
        T![,] | T![;] | T![:] | T![')'] | T![']'] | T![...] => true,
        T![.] | T![/] if right.parent == IMPORT_PATH => !right.is_first,
        T![.] | T![?.] | T![::] => true,
        T![..] | T![..=] => match right.parent {
            RANGE_EXPR | RANGE_PATTERN => !right.is_first,
            IMPORT_PATH => !right.is_first,
            _ => false,
        },
        T!['}'] => matches!(right.parent, MAP_EXPR | IMPORT_LIST),
        T!['{'] => right.parent == IMPORT_LIST,
        T!['('] => match right.parent {
            ARG_LIST | TUPLE_FIELD_LIST | VARIANT_PATTERN | FUNCTION_TYPE | SELECT_ARM => true,
            PARAM_LIST => !right.begins_closure,
            _ => false,
        },
        T!['['] => right.parent == INDEX_EXPR,
        T![<] | T![>] => matches!(right.parent, GENERIC_ARG_LIST | GENERIC_PARAM_LIST),
        T![?] => matches!(right.parent, TRY_EXPR | OPTION_TYPE),
        T![??] => right.parent == OPTION_TYPE,
        T![!] => right.parent == UNWRAP_EXPR,
        T![|] => right.parent == PARAM_LIST && !right.is_first && left.kind != T![,],
        _ => false,
    }
}
