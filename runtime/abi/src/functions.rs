//! The table of runtime functions that compiled code may call: name, argument ownership, flags. The C signature follows
//! from the MIR types by the rule in the crate documentation. The compiler finds an entry by name (`@内建("qi_…")`); the runtime defines the symbol.
//!
//! Types, unless an entry says otherwise: numbers are 整数 (i64), floats f64, yes/no results 布尔 (u8), characters 字符 (u32),
//! byte arrays 数组<字节>; `scope` and `select` are 整数; a C text is a pointer. Moving a value out of a place empties the place.

/// What a call does with one argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Own {
    /// No ownership: plain scalar.
    Plain,
    /// Read during the call; stays the caller's.
    Borrow,
    /// Becomes the callee's, also when it throws.
    Consume,
    /// Address of a place that the callee may change.
    Place,
}

pub mod fn_flags {
    pub const THROWS: u8 = 1;
    pub const SUSPENDS: u8 = 2;
    /// Takes a `*const TypeInfo` per type argument.
    pub const INFOS: u8 = 4;
    /// Takes the call's site.
    pub const SITE: u8 = 8;
    /// Never returns normally.
    pub const DIVERGES: u8 = 16;
    /// No effect and no allocation that matters: may be removed when unused, or moved.
    pub const PURE: u8 = 32;
    /// Takes no memory from the heap when it returns normally.
    pub const LEAN: u8 = 128;
    /// The result has the type of the first type argument: `out` is always passed, null when that is 空.
    pub const GENERIC: u8 = 64;
}

macro_rules! own {
    (plain) => {
        Own::Plain
    };
    (borrow) => {
        Own::Borrow
    };
    (consume) => {
        Own::Consume
    };
    (place) => {
        Own::Place
    };
}
macro_rules! flag {
    (throws) => {
        fn_flags::THROWS
    };
    (suspends) => {
        fn_flags::SUSPENDS
    };
    (infos) => {
        fn_flags::INFOS
    };
    (site) => {
        fn_flags::SITE
    };
    (diverges) => {
        fn_flags::DIVERGES
    };
    (pure) => {
        fn_flags::PURE
    };
    (generic) => {
        fn_flags::GENERIC
    };
    (lean) => {
        fn_flags::LEAN
    };
}

macro_rules! runtime_fns {
    ($($(#[$doc:meta])* $name:ident($($own:ident $arg:ident),*) $($flag:ident)*;)*) => {
        /// A runtime function; its variants are the symbol names.
        #[expect(non_camel_case_types, reason = "the variant is the symbol")]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum RuntimeFn { $($(#[$doc])* $name,)* }

        impl RuntimeFn {
            pub const ALL: &'static [RuntimeFn] = &[$(RuntimeFn::$name,)*];
            pub const fn symbol(self) -> &'static str { match self { $(RuntimeFn::$name => stringify!($name),)* } }
            /// Ownership per MIR argument (not counting task, node, out, infos, site).
            pub const fn args(self) -> &'static [Own] { match self { $(RuntimeFn::$name => &[$(own!($own)),*],)* } }
            pub const fn flags(self) -> u8 { match self { $(RuntimeFn::$name => 0 $(| flag!($flag))*,)* } }
        }
    };
}

impl RuntimeFn {
    pub fn find(symbol: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.symbol() == symbol)
    }
    pub const fn throws(self) -> bool {
        self.flags() & fn_flags::THROWS != 0
    }
    pub const fn suspends(self) -> bool {
        self.flags() & fn_flags::SUSPENDS != 0
    }
    /// Words of its node that a suspending function uses.
    pub const fn node_words(self) -> usize {
        use crate::node_words::*;
        match self {
            RuntimeFn::qi_yield_now | RuntimeFn::qi_scope_settle => NONE,
            RuntimeFn::qi_select_wait => SELECT,
            RuntimeFn::qi_scope_leave | RuntimeFn::qi_deadline_leave => LEAVE,
            RuntimeFn::qi_sleep => TIMER,
            RuntimeFn::qi_task_await
            | RuntimeFn::qi_channel_send
            | RuntimeFn::qi_channel_recv
            | RuntimeFn::qi_channel_recv_or_none
            | RuntimeFn::qi_lock_acquire
            | RuntimeFn::qi_lock_read => WAITER,
            RuntimeFn::qi_net_accept | RuntimeFn::qi_net_read | RuntimeFn::qi_net_write => TRANSFER,
            RuntimeFn::qi_file_read_text
            | RuntimeFn::qi_file_write_text
            | RuntimeFn::qi_file_append_text
            | RuntimeFn::qi_file_exists
            | RuntimeFn::qi_file_remove
            | RuntimeFn::qi_file_read_bytes
            | RuntimeFn::qi_file_write_bytes
            | RuntimeFn::qi_file_list
            | RuntimeFn::qi_process_run
            | RuntimeFn::qi_http_request
            | RuntimeFn::qi_http_listen
            | RuntimeFn::qi_http_next
            | RuntimeFn::qi_net_listen
            | RuntimeFn::qi_net_connect
            | RuntimeFn::qi_input => OPERATION,
            _ => crate::NODE_WORDS,
        }
    }
    pub const fn takes_infos(self) -> bool {
        self.flags() & fn_flags::INFOS != 0
    }
    pub const fn takes_site(self) -> bool {
        self.flags() & fn_flags::SITE != 0
    }
    pub const fn diverges(self) -> bool {
        self.flags() & fn_flags::DIVERGES != 0
    }
    pub const fn is_generic(self) -> bool {
        self.flags() & fn_flags::GENERIC != 0
    }
    pub const fn is_lean(self) -> bool {
        self.flags() & fn_flags::LEAN != 0
    }
    pub const fn is_pure(self) -> bool {
        self.flags() & fn_flags::PURE != 0
    }
}

runtime_fns! {
    // ---- objects -------------------------------------------------------------------------------------------------
    /// (info of the pointer type) -> box with uninitialised value of `info.elem`; count 1.
    qi_box_new() infos;

    // ---- text: Str arguments are borrowed; results fresh -----------------------------------------------------------
    qi_str_concat(borrow a, borrow b) pure;
    /// Appends in place; grows geometrically when unique.
    qi_str_append(place s, borrow tail);
    qi_str_append_char(place s, plain c);
    /// A number in decimal.
    qi_str_append_int(place s, plain value);
    qi_str_append_uint(place s, plain value);
    qi_str_len(borrow s) pure lean;
    qi_str_byte_len(borrow s) pure lean;
    qi_str_equal(borrow a, borrow b) pure lean;
    /// -1, 0, 1 by code point.
    qi_str_compare(borrow a, borrow b) pure lean;
    qi_str_hash(borrow s) pure lean;
    /// Character at index; 越界.
    qi_str_char_at(borrow s, plain index) throws site;
    /// Characters [start, end); 越界.
    qi_str_slice(borrow s, plain start, plain end) throws site;
    /// Iteration by byte position: the character that starts at `position` (a valid border < byte length).
    qi_str_char_at_byte(borrow s, plain position) pure lean;
    /// Bytes of a character in UTF-8.
    qi_char_byte_len(plain c) pure lean;
    /// Character index of the first occurrence at or after `from`, or -1.
    qi_str_find(borrow s, borrow needle, plain from) pure;
    qi_str_rfind(borrow s, borrow needle) pure;
    qi_str_contains(borrow s, borrow needle) pure lean;
    qi_str_starts_with(borrow s, borrow head) pure lean;
    qi_str_ends_with(borrow s, borrow tail) pure lean;
    qi_str_replace(borrow s, borrow from, borrow to) pure;
    /// 数组<字符串>; an empty separator splits into characters. infos: 数组<字符串>.
    qi_str_split(borrow s, borrow separator) infos;
    qi_str_lines(borrow s) infos;
    qi_str_chars(borrow s) infos;
    qi_str_bytes(borrow s) infos;
    /// Joins 数组<字符串>.
    qi_str_join(borrow parts, borrow separator);
    /// 数组<字节> to text; 转换错误 names the byte offset.
    qi_str_from_bytes(borrow bytes) throws site;
    qi_str_trim(borrow s) pure;
    qi_str_trim_start(borrow s) pure;
    qi_str_trim_end(borrow s) pure;
    qi_str_upper(borrow s) pure;
    qi_str_lower(borrow s) pure;
    qi_str_reverse(borrow s) pure;
    /// Negative counts throw 越界.
    qi_str_repeat(borrow s, plain count) throws site;
    /// Terminal columns.
    qi_str_width(borrow s) pure;
    qi_str_from_char(plain c) pure lean;
    qi_str_from_int(plain value) pure;
    qi_str_from_uint(plain value) pure;
    /// Shortest round-trip form, `.0` when integral.
    qi_str_from_float(plain value) pure;
    /// Decimal with sign, `_` not allowed; 转换错误.
    qi_str_parse_int(borrow s) throws site lean;
    /// The same for an integer type of `bits` bits, whose bits it gives; `signed` is 0 or 1.
    qi_str_parse_sized(borrow s, plain bits, plain signed) throws site lean;
    qi_str_parse_float(borrow s) throws site lean;
    qi_char_is_alphabetic(plain c) pure lean;
    qi_char_is_numeric(plain c) pure lean;
    qi_char_is_whitespace(plain c) pure lean;
    qi_char_upper(plain c) pure lean;
    qi_char_lower(plain c) pure lean;

    // ---- any value, by description: value arguments are places of the described type, read only ---------------------
    /// As 打印 shows it at top level (strings bare).
    qi_value_text(place value) throws infos;
    /// As shown inside aggregates (strings quoted).
    qi_value_debug_text(place value) throws infos;
    /// `spec` is the text after `:` in a template hole.
    qi_value_format(place value, borrow spec) throws infos site;
    qi_value_equal(place a, place b) throws infos;
    /// -1, 0, 1.
    qi_value_compare(place a, place b) throws infos;
    qi_value_hash(place value) throws infos;

    // ---- arrays: `a` is the place of the array variable (made unique, reallocated in place) or the borrowed array ------
    /// Empty array with room for `capacity`. infos: the array type.
    qi_array_new(plain capacity) infos;
    /// n copies of the value at `value`; negative n throws 越界. infos: the array type.
    qi_array_repeat(place value, plain n) throws infos site;
    /// n zero bytes (numbers, 布尔): default values. infos: the array type.
    qi_array_zeroed(plain n) throws infos site;
    /// Makes the array in `a` unique and able to hold `extra` more elements. infos: the array type.
    qi_array_reserve(place a, plain extra) infos;
    /// Makes it unique. infos: the array type.
    qi_array_unique(place a) infos;
    /// Moves the value at `value` to `index` (0..=len; 越界). infos: the array type.
    qi_array_insert(place a, plain index, place value) throws infos site;
    /// Moves the element out to `out`; 越界. infos: the array type.
    qi_array_remove(place a, plain index, place out) throws infos site;
    /// Drops elements from `len` on. infos: the array type.
    qi_array_truncate(place a, plain len) infos;
    /// Elements [start, end); 越界. infos: the array type.
    qi_array_slice(borrow a, plain start, plain end) throws infos site;
    qi_array_concat(borrow a, borrow b) infos;
    qi_array_append(place a, borrow tail) infos;
    qi_array_reverse(place a) infos;
    qi_array_swap(place a, plain i, plain j) throws infos site;
    /// Sorts numbers, 字符, 布尔 or texts in their own order, stably. infos: the array type.
    qi_array_sort(place a) infos;

    // ---- numbers ----------------------------------------------------------------------------------------------------
    qi_float_pow(plain a, plain b) pure lean;
    qi_float_rem(plain a, plain b) pure lean;
    qi_float_sin(plain a) pure lean;
    qi_float_cos(plain a) pure lean;
    qi_float_tan(plain a) pure lean;
    qi_float_asin(plain a) pure lean;
    qi_float_acos(plain a) pure lean;
    qi_float_atan(plain a) pure lean;
    qi_float_atan2(plain a, plain b) pure lean;
    qi_float_exp(plain a) pure lean;
    qi_float_ln(plain a) pure lean;
    qi_float_log10(plain a) pure lean;
    qi_float_log2(plain a) pure lean;
    qi_float_round(plain a) pure lean;
    /// Truncates; NaN or out of range throws 溢出.
    qi_float_to_int(plain a) throws site lean;
    /// The same for 无符号64.
    qi_float_to_unsigned(plain a) throws site lean;
    /// 溢出.
    qi_int_pow(plain a, plain b) throws site lean;
    qi_random_bits() lean;

    // ---- faults and errors --------------------------------------------------------------------------------------------
    /// Cold: makes the fault object; the caller throws it. Returns an owned 任意 错误.
    qi_fault_overflow() site;
    qi_fault_divide_by_zero() site;
    qi_fault_index(plain index, plain len) site;
    qi_fault_null() site;
    qi_fault_conversion(borrow message) site;
    qi_fault_missing_key(place key) infos site;
    qi_fault_assert(borrow message) site;
    qi_fault_stack_overflow() site;
    /// 关闭, thrown at the 让出 of a generator that is being dropped.
    qi_fault_generator_closed() site;
    /// 重入: resuming a generator that runs.
    qi_fault_reentry() site;
    /// Moves the value at `value` into a new error. infos: its type.
    qi_error_new(place value) infos site;
    /// Appends the call site while an error passes it. Consumes nothing.
    qi_error_trace(borrow error) site;
    /// 消息().
    qi_error_message(borrow error) throws;
    /// File, line and text where it was thrown, as lines; "" if that is not known.
    qi_error_source(borrow error);
    /// Prints an error that left main and sets exit code 1.
    qi_error_uncaught(consume error);
    /// An error nobody can receive any more (drop of a failed task's last handle, error in a drop).
    qi_error_unobserved(consume error);

    // ---- C texts: a C字符串 made here is freed here ----------------------------------------------------------------------
    /// NUL-terminated copy; an inner NUL throws 转换错误.
    qi_c_text_new(borrow s) throws site;
    qi_c_text_free(plain text) lean;
    /// 字符串 from a NUL-terminated text; null is empty; invalid UTF-8 throws 转换错误.
    qi_c_text_read(plain text) throws site;

    // ---- pointers: places of C, of the type that infos names -----------------------------------------------------------------
    qi_pointer_null() pure lean;
    qi_pointer_is_null(plain pointer) pure lean;
    /// malloc with the value in it.
    qi_pointer_new(place value) infos;
    /// free.
    qi_pointer_free(plain pointer) lean;
    /// The place so many values further.
    qi_pointer_at(plain pointer, plain index) infos lean;
    /// Copies what is there to `out`; null throws 空值.
    qi_pointer_read(plain pointer, place out) throws infos site lean;
    qi_pointer_write(plain pointer, place value) throws infos site lean;

    // ---- input and output ----------------------------------------------------------------------------------------------
    /// Writes `text` and a line break in one piece.
    qi_print_line(borrow text);
    qi_print(borrow text);
    qi_print_error(borrow text);
    /// Shows the prompt, reads a line without its break: 1 and `out`, or 0 at the end of input.
    qi_input(borrow prompt, place out) suspends;
    qi_exit(plain code) diverges lean;
    /// 数组<字符串>; infos: the array type.
    qi_env_args() infos;
    /// 1 and `out`, or 0.
    qi_env_var(borrow name, place out);
    /// Nanoseconds.
    qi_clock_monotonic() lean;
    /// Nanoseconds since 1970.
    qi_clock_wall() lean;

    // ---- digests and ciphers (数组<字节> in and out; infos: that type) -----------------------------------------------
    /// SHA-1, SHA-256, SHA-384, SHA-512 by `bits` (160, 256, 384, 512).
    qi_crypto_digest(plain bits, borrow bytes) infos;
    /// HMAC with SHA-256.
    qi_crypto_hmac(borrow key, borrow bytes) infos;
    /// From the system's generator; 越界 for a negative number.
    qi_crypto_random(plain n) throws infos site;
    /// PBKDF2 with HMAC-SHA-256: 32 bytes.
    qi_crypto_derive(borrow password, borrow salt, plain rounds) infos;
    /// Whether they are the same, in a time that does not tell where they differ.
    qi_crypto_same(borrow a, borrow b);
    /// ChaCha20-Poly1305 with a key of 32 bytes (else 转换错误): nonce, text, tag.
    qi_crypto_seal(borrow key, borrow bytes) throws infos site;
    /// 转换错误 if the key does not fit or the text was changed.
    qi_crypto_open(borrow key, borrow bytes) throws infos site;

    // ---- regular expressions --------------------------------------------------------------------------------------
    /// A handle; a pattern that means nothing throws 转换错误.
    qi_regex_new(borrow pattern) throws site;
    qi_regex_is_match(borrow regex, borrow text);
    /// Of at most `most` matches (-1: all) each group's start and end in characters, -1 for one that takes no part; the
    /// whole match is group 0. infos: 数组<整数>.
    qi_regex_spans(borrow regex, borrow text, plain most) infos;
    /// The texts of the same groups, "" for -1. infos: 数组<字符串>.
    qi_regex_texts(borrow regex, borrow text, plain most) infos;
    /// What lies before, between and behind all matches. infos: 数组<字符串>.
    qi_regex_split(borrow regex, borrow text) infos;
    /// All matches; `$1` and `${名}` stand for groups.
    qi_regex_replace(borrow regex, borrow text, borrow with);
    /// In order, "" for those without; that of the whole match is the first. infos: 数组<字符串>.
    qi_regex_group_names(borrow regex) infos;

    // ---- files, network (suspend on the blocking pool or the reactor); failures throw 文件错误/网络错误 -----------------
    qi_file_read_text(borrow path) suspends;
    qi_file_write_text(borrow path, borrow text) suspends;
    qi_file_append_text(borrow path, borrow text) suspends;
    qi_file_exists(borrow path) suspends;
    qi_file_remove(borrow path) suspends;
    /// infos: 数组<字节>.
    qi_file_read_bytes(borrow path) suspends infos;
    qi_file_write_bytes(borrow path, borrow bytes) suspends;
    /// infos: 数组<字符串>.
    qi_file_list(borrow path) suspends infos;
    /// command (数组<字符串>: the program and its arguments), input, folder ("": this one), changes of the environment (names
    /// and values alternating); result: its exit code (128 + signal), output and error output. infos: 数组<字符串>.
    qi_process_run(borrow command, borrow input, borrow folder, borrow variables) suspends infos;
    /// method, url, headers (数组<字符串>, name and value alternating), body (字符串); result: handle of a finished response.
    qi_http_request(borrow method, borrow url, borrow headers, borrow body) suspends;
    qi_http_status(borrow response);
    /// As text; bytes that are not UTF-8 become U+FFFD.
    qi_http_body(borrow response);
    /// infos: 数组<字节>.
    qi_http_bytes(borrow response) infos;
    /// Names and values alternating. infos: 数组<字符串>.
    qi_http_headers(borrow response) infos;

    /// address ("主机:端口"); result: handle of a server that listens there, until its last reference.
    qi_http_listen(borrow address) suspends;
    /// The next request, to be answered once. Throws 网络错误 when the server is closed.
    qi_http_next(borrow server) suspends;
    /// "地址:端口".
    qi_http_server_address(borrow server);
    /// No more requests; also wakes what waits for the next.
    qi_http_server_close(borrow server);
    /// Method, path with query, address of the peer, body. infos: 数组<字符串>.
    qi_http_exchange_head(borrow request) infos;
    /// Names and values alternating. infos: 数组<字符串>.
    qi_http_exchange_headers(borrow request) infos;
    /// headers as for `qi_http_request`; only the first answer counts. A request that is given up without one is answered 500.
    /// Throws 网络错误 for a status that is not final or a header that may not be sent.
    qi_http_answer(borrow request, plain status, borrow headers, borrow body) throws site;

    /// Sockets. Addresses are "主机:端口"; listener and connection are handles, closed with their last reference.
    qi_net_listen(borrow address) suspends;
    qi_net_accept(borrow listener) suspends;
    qi_net_connect(borrow address) suspends;
    /// Up to `most` bytes, empty at the end. infos: 数组<字节>.
    qi_net_read(borrow connection, plain most) suspends infos;
    /// All bytes of 数组<字节>.
    qi_net_write(borrow connection, borrow bytes) suspends;
    /// No more reading or writing; also wakes an accept (which then throws 网络错误).
    qi_net_close(borrow socket);
    /// "地址:端口" of this side.
    qi_net_local(borrow socket);
    /// Of the other side, empty for a listener.
    qi_net_peer(borrow socket);

    // ---- tasks ----------------------------------------------------------------------------------------------------------
    /// infos of the result type. Awaiting the same handle twice gives the same result.
    qi_task_await(borrow task) suspends infos generic lean;
    qi_task_done(borrow task) lean;
    /// Somebody answers for its error: it is not printed even if nobody awaits the task.
    qi_task_observe(borrow task) lean;
    qi_task_cancel(borrow task);
    qi_sleep(plain milliseconds) suspends;
    qi_yield_now() suspends lean;
    /// 并发: opens a scope owned by the running task; `qi_scope_leave` joins it. `outcome` is the error that leaves the body or null (consumed).
    qi_scope_enter();
    qi_scope_leave(plain scope, consume outcome) suspends;
    /// Waits until the other tasks of the caller's scope have ended.
    qi_scope_settle() suspends;
    /// 限时: as a scope with a deadline; leave turns its own 取消 into 超时.
    qi_deadline_enter(plain milliseconds);
    qi_deadline_leave(plain scope, consume outcome) suspends;
    /// 最终 that may await while cancelled.
    qi_shield_enter() lean;
    qi_shield_leave() lean;

    // ---- channels ---------------------------------------------------------------------------------------------------------
    /// infos: element type. 0 = rendezvous; negative throws 越界.
    qi_channel_new(plain capacity) throws infos site;
    /// Moves the value at `value` when it succeeds; 通道关闭. The value stays the sender's on failure.
    qi_channel_send(borrow channel, place value) suspends lean;
    /// Moves into `out`; 通道关闭 when closed and empty.
    qi_channel_recv(borrow channel, place out) suspends lean;
    /// As recv, 0 instead of throwing; result 布尔.
    qi_channel_recv_or_none(borrow channel, place out) suspends lean;
    qi_channel_close(borrow channel);
    qi_channel_len(borrow channel) lean;
    qi_channel_is_closed(borrow channel) lean;

    // ---- select: `qi_select_new` makes an object in the frame's node, arms are added in order, then `qi_select_wait` gives the index ----
    /// Result: pointer (freed by wait).
    qi_select_new(plain arms);
    qi_select_recv(plain select, borrow channel, place out);
    qi_select_recv_or_none(plain select, borrow channel, place out, place got);
    qi_select_send(plain select, borrow channel, place value);
    qi_select_await(plain select, borrow task, place out) infos;
    qi_select_timeout(plain select, plain milliseconds);
    qi_select_default(plain select);
    /// Index of the arm that committed, in order of addition.
    qi_select_wait(plain select) suspends;

    // ---- shared mutable state -------------------------------------------------------------------------------------------------
    /// 锁: moves the value in; 不可共享. infos: its type.
    qi_lock_new(place value) throws infos site;
    /// 共享: the same.
    qi_shared_new(place value) throws infos site;
    /// Locks (re-entry by the same task throws), then moves the value out to `out`; unlock moves it back.
    qi_lock_acquire(borrow lock, place out) suspends lean;
    /// 不可共享: the lock is free again and holds what it held before.
    qi_lock_release(borrow lock, place value) throws site lean;
    /// Copies under the lock.
    qi_lock_read(borrow lock, place out) suspends lean;
    qi_weak_new(borrow lock);
    /// 1 and an owned reference in `out`, or 0.
    qi_weak_upgrade(borrow weak, place out) lean;
    qi_atomic_new(plain value);
    qi_atomic_load(borrow atomic) lean;
    qi_atomic_store(borrow atomic, plain value) lean;
    /// New value; 溢出 leaves it unchanged.
    qi_atomic_add(borrow atomic, plain delta) throws site lean;
    qi_atomic_swap(borrow atomic, plain value) lean;
    /// 1 if it was `old` and is now `new`.
    qi_atomic_compare_swap(borrow atomic, plain old, plain new) lean;

    // ---- generators -----------------------------------------------------------------------------------------------------------
    /// An object with room for a frame of `frame` bytes behind it. infos: the generator type.
    qi_generator_new(plain frame) infos;
}
