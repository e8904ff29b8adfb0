//! Runtime symbols outside the function table: data, and functions with a signature of their own. Codegen declares them
//! by these names. What a call owns is said at each; null object pointers are allowed wherever a counted pointer is.

/// `static ArrayObject`: the immortal empty array.
pub const EMPTY_ARRAY: &str = "qi_empty_array";
/// `static TypeInfo` of 字符串; the compiler uses it instead of one of its own, so that thrown texts compare by address.
pub const TYPE_STRING: &str = "qi_type_string";
/// `static u64[2]`: the key of all hashes, chosen when the process starts. With `fold(a, b)` the exclusive or of the two
/// halves of the 128-bit product, and without its sign bit, the hash of an inline text is
/// `fold(low ^ key[0], high ^ key[1])`, that of a number, 字符, 布尔 or an enum without payload `fold(bits ^ key[0], key[1])`.
pub const HASH_SEED: &str = "qi_hash_seed";

/// `static TypeInfo` of each fault: FAULT structs with the single field 文: 字符串. (Qi name, symbol)
pub const FAULT_TYPES: &[(&str, &str)] = &[
    ("溢出", "qi_type_fault_overflow"),
    ("越界", "qi_type_fault_index"),
    ("除零", "qi_type_fault_divide"),
    ("空值", "qi_type_fault_null"),
    ("缺键", "qi_type_fault_missing_key"),
    ("转换错误", "qi_type_fault_conversion"),
    ("断言失败", "qi_type_fault_assert"),
    ("超时", "qi_type_fault_timeout"),
    ("通道关闭", "qi_type_fault_channel_closed"),
    ("任务取消", "qi_type_fault_task_cancelled"),
    ("栈溢出", "qi_type_fault_stack_overflow"),
    ("取消", "qi_type_fault_cancelled"),
    ("关闭", "qi_type_fault_generator_closed"),
    ("文件错误", "qi_type_fault_file"),
    ("网络错误", "qi_type_fault_network"),
    ("重入", "qi_type_fault_reentry"),
    ("不可共享", "qi_type_fault_unshareable"),
];

/// `void (Header *object)`: one more owner. Handles null, private, shared and immortal objects; codegen inlines
/// `count > 0` → `count + 1` and calls this otherwise.
pub const RETAIN: &str = "qi_retain";
/// `void (Header *object)`: one owner less; frees iteratively, runs the clean-up of generators.
pub const RELEASE: &str = "qi_release";
/// `void (Header *object, DeadList *)`: one owner less of an object whose count is not above zero; on the list if it was the last.
pub const RELEASE_SHARED: &str = "qi_release_shared";
/// `void (const void *place, const TypeInfo *)`: retains every counted part of the value at `place`.
pub const VALUE_RETAIN: &str = "qi_value_retain";
/// `void (void *place, const TypeInfo *)`: releases every counted part; the bytes are dead afterwards.
pub const VALUE_RELEASE: &str = "qi_value_release";
/// `Error *(void *place, const TypeInfo *)`: makes everything reachable shared between tasks; 不可共享. The runtime does
/// it by itself for spawned arguments, task results, channels and locks, so compiled code rarely needs it.
pub const VALUE_SHARE: &str = "qi_value_share";
/// `void (void *place, const TypeInfo *)`: makes everything reachable immortal; for 常量 after initialisation.
pub const VALUE_IMMORTALIZE: &str = "qi_value_immortalize";
/// `void (BoxObject **place)`: copies the box if it has other owners (BoxAddress, DynamicAddress). Not for cells.
///
/// Uniqueness everywhere: `count == 1` is unique; for any other count call the runtime (`qi_box_unique`,
/// `qi_array_unique`), which turns a shared object with a single owner private again instead of copying. So a place that
/// is written to is always private, and a store never has to share what it stores.
pub const BOX_UNIQUE: &str = "qi_box_unique";

/// `Task handle (const SpawnInfo *, void *args, u32 spawn_flags)`: starts a task that runs `run` on a copy of the
/// argument record (moved out of `args`). Never throws: arguments that cannot be shared make a task that failed with 不可共享.
pub const TASK_SPAWN: &str = "qi_task_spawn";
/// `void *(Task *, size)`: frame memory, aligned to 16, last in first out per task. Roots and generators do not ask: their
/// frames lie in their objects. Never returns null.
pub const FRAME_ALLOC: &str = "qi_frame_alloc";
/// The same for the functions that watch recursion: null when the frames of the task take their limit (1 GiB): the call then
/// throws 栈溢出 instead.
pub const FRAME_ALLOC_LIMITED: &str = "qi_frame_alloc_limited";
/// `void (Task *, void *frame)`: with the task given to the allocation.
pub const FRAME_FREE: &str = "qi_frame_free";
/// `Generator *(Generator *)`: whom to step for a generator that is not simply SUSPENDED: itself, or who answers for it by
/// 让出 全部. Null: it has FINISHED; [`GENERATOR_BUSY`]: it is being stepped already. Constant time but for a generator that is
/// stepped while another delegates to it.
pub const GENERATOR_TURN: &str = "qi_generator_turn";
pub const GENERATOR_BUSY: usize = 1;
/// `u8 ()`: 1 when the native stack of this thread is nearly used up: plain code then throws `qi_fault_stack_overflow`,
/// a suspendable function first awaits `qi_yield_now` (its resumption starts from a fresh stack).
pub const STACK_IS_LOW: &str = "qi_stack_is_low";

/// `i32 (Task *, void *node, void (*code)(void *data), void *data)` and `_finish(Task *, void *node)`: runs `code(data)` on
/// the blocking pool (外部 阻塞). `data` lies in the caller's frame.
pub const BLOCKING_CALL: &str = "qi_blocking_call";

/// `void (void (*acquire)(void *), void (*release)(void *))`: ThreadSanitizer's functions, before any other call.
pub const RACE_HOOKS: &str = "qi_race_hooks";

/// `i32 (i32 argc, char **argv, u32 ABI_VERSION, Error *(*run)(i64 *out), void (*release)())`: the whole life of a program
/// whose entry cannot suspend. `run` returns null and the exit code in `out`, or an owned error. `release` gives up the values
/// of global variables, when no task is left that could use them. `main` returns the result.
pub const START_PLAIN: &str = "qi_start_plain";
/// `i32 (i32 argc, char **argv, u32 ABI_VERSION, const SpawnInfo *, void (*release)())`: the same for a suspendable entry: a task root without
/// arguments (`args` describes a record of size 0) whose result is the i64 exit code.
pub const START_TASK: &str = "qi_start_task";

/// `int (Error *)`: an exported function failed; keeps the error for `qi_last_error` of this thread, and gives its code, which
/// is not 0. Consumes it.
pub const EXPORT_FAILED: &str = "qi_export_failed";
/// `void ()`: an exported function succeeded: no `qi_last_error` of this thread.
pub const EXPORT_SUCCEEDED: &str = "qi_export_succeeded";
/// `int (const SpawnInfo *, void *args, void *out)`: runs a task while this thread waits for it, which need not be one of
/// Qi's, and gives 0; an error goes as to EXPORT_FAILED and leaves `out` alone. Consumes the argument record.
pub const EXPORT_RUN: &str = "qi_export_run";
/// `void (const SpawnInfo *, void *args, void (*deliver)(void *done, void *user, int code, void *value), void *done, void *user)`:
/// starts a task. When it has ended, a task of its own calls `deliver`, with `qi_last_error` and its code set as by EXPORT_RUN, and
/// the value, which is then `deliver`'s, or null. Nobody is told if `done` is null. Consumes the argument record.
pub const EXPORT_START: &str = "qi_export_start";
/// `int (const QiString *const *from, Str *to, u64 count)`: texts for the arguments of C, which stay C's. On an error gives its
/// code, kept as by EXPORT_FAILED, and leaves `to` alone.
pub const EXPORT_TEXTS: &str = "qi_export_texts";
/// `QiString *(Str *)`: a text that C frees. Consumes the value.
pub const EXPORT_TEXT: &str = "qi_export_text";
/// `Error *(u32 *flag, Error *(*run)(), const SpawnInfo *)`: initialises a library: calls `run`, or runs the task, whichever is
/// not null, unless `flag` is 1; then sets it. Other threads wait meanwhile; the thread that initialises may call again.
/// After an error, which the caller owns, the next call tries again.
pub const LIBRARY_START: &str = "qi_library_start";
/// `void (Error *)`: an error would escape a C callback: message and exit. Never returns.
pub const CALLBACK_FAILED: &str = "qi_callback_failed";

/// All symbols of this file but the faults.
pub const ALL: &[&str] = &[
    EMPTY_ARRAY,
    TYPE_STRING,
    RETAIN,
    RELEASE,
    VALUE_RETAIN,
    VALUE_RELEASE,
    VALUE_SHARE,
    VALUE_IMMORTALIZE,
    BOX_UNIQUE,
    TASK_SPAWN,
    FRAME_ALLOC,
    FRAME_ALLOC_LIMITED,
    FRAME_FREE,
    GENERATOR_TURN,
    STACK_IS_LOW,
    BLOCKING_CALL,
    RACE_HOOKS,
    START_PLAIN,
    START_TASK,
    EXPORT_FAILED,
    EXPORT_SUCCEEDED,
    EXPORT_RUN,
    EXPORT_START,
    EXPORT_TEXTS,
    EXPORT_TEXT,
    LIBRARY_START,
    CALLBACK_FAILED,
    "qi_blocking_call_finish",
];
