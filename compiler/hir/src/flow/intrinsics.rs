//! Which `@内建` methods change 自己: those whose operation takes it as a place.

/// True for the names that may stand in `@内建("…")` of a method that changes its receiver.
pub(super) fn is_mutating(name: &str) -> bool {
    matches!(
        name,
        "array_push"
            | "array_pop"
            | "array_set"
            | "array_set_unchecked"
            | "qi_array_append"
            | "qi_array_insert"
            | "qi_array_remove"
            | "qi_array_truncate"
            | "qi_array_reserve"
            | "qi_array_unique"
            | "qi_array_reverse"
            | "qi_array_swap"
            | "qi_array_fill"
            | "qi_array_sort"
            | "qi_str_append"
            | "qi_str_append_char"
    )
}
