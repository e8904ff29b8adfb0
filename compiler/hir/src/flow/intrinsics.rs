//! Facts about `@内建` functions: which change 自己 (their operation takes it as a place), which may suspend, which never return.

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

/// True for the names of `@内建("…")` whose operation may suspend; a test of `qi-lower` compares with the runtime's table.
pub fn suspends(name: &str) -> bool {
    const SUSPENDING: &[&str] = &[
        "deadline",
        "qi_channel_recv",
        "qi_channel_recv_or_none",
        "qi_channel_send",
        "qi_deadline_leave",
        "qi_file_append_text",
        "qi_file_exists",
        "qi_file_list",
        "qi_file_read_bytes",
        "qi_file_read_text",
        "qi_file_remove",
        "qi_file_write_bytes",
        "qi_file_write_text",
        "qi_http_listen",
        "qi_http_next",
        "qi_http_request",
        "qi_input",
        "qi_lock_acquire",
        "qi_lock_read",
        "qi_net_accept",
        "qi_net_connect",
        "qi_net_listen",
        "qi_net_read",
        "qi_net_write",
        "qi_process_run",
        "qi_scope_leave",
        "qi_scope_settle",
        "qi_select_wait",
        "qi_sleep",
        "qi_task_await",
        "qi_yield_now",
    ];
    SUSPENDING.contains(&name)
}

/// The operation behind 退出; a test of `qi-lower` compares with the runtime's table.
pub fn never_returns(name: &str) -> bool {
    name == "qi_exit"
}
