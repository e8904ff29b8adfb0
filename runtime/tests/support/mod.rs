//! Plays compiled code: task roots whose body is a Rust future. Each suspending runtime function becomes a future that
//! calls its start, keeps the node, and calls its finish after the task was resumed, as the contract says.

use qi_abi::*;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::sync::atomic::AtomicUsize;
use std::task::{Context, Poll, Waker};

extern crate qi_runtime as _;

pub type Node = [u64; NODE_WORDS];
pub type Handle = *mut Header;
pub type Body = Pin<Box<dyn Future<Output = Result<i64, *mut Error>>>>;

unsafe extern "C" {
    pub fn qi_retain(object: Handle);
    pub fn qi_release(object: Handle);
    pub fn qi_task_spawn(info: *const SpawnInfo, args: *const u8, flags: u32) -> Handle;
    pub fn qi_task_await(task: *mut Task, node: *mut Node, out: *mut i64, info: *const TypeInfo, target: Handle)
    -> i32;
    pub fn qi_task_await_finish(task: *mut Task, node: *mut Node, out: *mut i64) -> i32;
    pub fn qi_task_cancel(task: Handle);
    pub fn qi_sleep(task: *mut Task, node: *mut Node, milliseconds: i64) -> i32;
    pub fn qi_sleep_finish(task: *mut Task, node: *mut Node) -> i32;
    pub fn qi_yield_now(task: *mut Task, node: *mut Node) -> i32;
    pub fn qi_yield_now_finish(task: *mut Task, node: *mut Node) -> i32;
    pub fn qi_channel_new(out: *mut Handle, info: *const TypeInfo, capacity: i64, site: *const Site) -> *mut Error;
    pub fn qi_channel_send(task: *mut Task, node: *mut Node, channel: Handle, value: *mut i64) -> i32;
    pub fn qi_channel_send_finish(task: *mut Task, node: *mut Node) -> i32;
    pub fn qi_channel_recv(task: *mut Task, node: *mut Node, channel: Handle, out: *mut i64) -> i32;
    pub fn qi_channel_recv_finish(task: *mut Task, node: *mut Node) -> i32;
    pub fn qi_channel_close(channel: Handle);
    pub fn qi_scope_enter() -> i64;
    pub fn qi_scope_leave(task: *mut Task, node: *mut Node, scope: i64, outcome: *mut Error) -> i32;
    pub fn qi_scope_leave_finish(task: *mut Task, node: *mut Node) -> i32;
    pub fn qi_deadline_enter(milliseconds: i64) -> i64;
    pub fn qi_deadline_leave(task: *mut Task, node: *mut Node, scope: i64, outcome: *mut Error) -> i32;
    pub fn qi_deadline_leave_finish(task: *mut Task, node: *mut Node) -> i32;
    pub fn qi_shield_enter();
    pub fn qi_shield_leave();
    pub fn qi_select_new(arms: i64) -> i64;
    pub fn qi_select_recv(select: i64, channel: Handle, out: *mut i64);
    pub fn qi_select_send(select: i64, channel: Handle, value: *mut i64);
    pub fn qi_select_await(info: *const TypeInfo, select: i64, target: Handle, out: *mut i64);
    pub fn qi_select_timeout(select: i64, milliseconds: i64);
    pub fn qi_select_default(select: i64);
    pub fn qi_select_wait(task: *mut Task, node: *mut Node, out: *mut i64, select: i64) -> i32;
    pub fn qi_select_wait_finish(task: *mut Task, node: *mut Node, out: *mut i64) -> i32;
    pub fn qi_lock_new(out: *mut Handle, info: *const TypeInfo, value: *mut i64, site: *const Site) -> *mut Error;
    pub fn qi_lock_acquire(task: *mut Task, node: *mut Node, lock: Handle, out: *mut i64) -> i32;
    pub fn qi_lock_acquire_finish(task: *mut Task, node: *mut Node) -> i32;
    pub fn qi_lock_release(lock: Handle, value: *mut i64, site: *const Site) -> *mut Error;
    pub fn qi_lock_read(task: *mut Task, node: *mut Node, lock: Handle, out: *mut i64) -> i32;
    pub fn qi_lock_read_finish(task: *mut Task, node: *mut Node) -> i32;
    pub fn qi_error_new(info: *const TypeInfo, value: *mut u8, site: *const Site) -> *mut Error;
    pub fn qi_error_message(out: *mut Str, error: *mut Error) -> *mut Error;
    pub fn qi_str_append_char(s: *mut Str, c: u32);
    pub fn qi_value_release(place: *mut u8, info: *const TypeInfo);
    pub fn qi_print_line(text: *const Str);
    pub fn qi_start_task(
        argc: i32,
        argv: *const *const u8,
        abi: u32,
        info: *const SpawnInfo,
        release: unsafe extern "C" fn(),
    ) -> i32;
    pub fn qi_start_plain(
        argc: i32,
        argv: *const *const u8,
        abi: u32,
        run: unsafe extern "C" fn(*mut i64) -> *mut Error,
        release: unsafe extern "C" fn(),
    ) -> i32;
    pub static qi_type_string: TypeInfo;
    pub static qi_type_fault_cancelled: TypeInfo;
    pub static qi_type_fault_timeout: TypeInfo;
    pub static qi_type_fault_task_cancelled: TypeInfo;
    pub static qi_type_fault_channel_closed: TypeInfo;
}

pub static INT: TypeInfo = TypeInfo::plain(TypeKind::Int, 0, 8, "整数");
/// A boxed closure that makes the body: two words.
static MAKER: TypeInfo = TypeInfo::plain(TypeKind::Pointer, 0, 16, "闭包");
static NO_ARGS: TypeInfo = TypeInfo::plain(TypeKind::Unit, 0, 0, "空");

pub static SPAWN: SpawnInfo = SpawnInfo {
    run: root,
    args: &raw const MAKER,
    result: &raw const INT,
    site: ptr::null(),
    task_size: AtomicUsize::new(0),
};

type Maker = Box<dyn FnOnce() -> Body>;

#[repr(C)]
struct RootFrame {
    frame: Frame,
    task: *mut Task,
    body: Option<Body>,
}

thread_local! {
    static NOW: Cell<(*mut Task, *mut Frame)> = const { Cell::new((ptr::null_mut(), ptr::null_mut())) };
}

unsafe extern "C" fn root(task: *mut Task) -> *mut Frame {
    if task.is_null() {
        return size_of::<RootFrame>() as *mut Frame;
    }
    // SAFETY: the record holds a boxed maker, which moves out.
    let maker = unsafe { frame_of(task).cast::<Maker>().read() };
    // SAFETY: the contract's duties of a root.
    unsafe { begin(task, maker()) }
}

/// Where the arguments lie, then the frame.
fn frame_of(task: *mut Task) -> *mut RootFrame {
    task.cast::<u8>().wrapping_add(root_frame(size_of::<i64>())).cast()
}

unsafe fn begin(task: *mut Task, body: Body) -> *mut Frame {
    // SAFETY: the task has room for a frame of that size there.
    unsafe {
        let frame = frame_of(task);
        frame.write(RootFrame { frame: Frame { resume }, task, body: Some(body) });
        resume(frame.cast());
        frame.cast()
    }
}

/// Polls the body; when it ended, the task gets its outcome.
unsafe extern "C" fn resume(frame: *mut Frame) {
    // SAFETY: a live frame, run by one thread.
    unsafe {
        let frame = frame.cast::<RootFrame>();
        let task = (*frame).task;
        let outer = NOW.replace((task, frame.cast()));
        let polled = (*frame).body.as_mut().expect("alive").as_mut().poll(&mut Context::from_waker(Waker::noop()));
        NOW.set(outer);
        let Poll::Ready(result) = polled else { return };
        (*frame).body = None;
        match result {
            Ok(value) => task.cast::<u8>().add(TASK_RESULT).cast::<i64>().write(value),
            Err(error) => (*task).error = error,
        }
        (*task).innermost = ptr::null_mut();
    }
}

/// Starts a task with this body.
pub fn spawn_with<F>(flags: u32, body: impl FnOnce() -> F + 'static) -> Handle
where
    F: Future<Output = Result<i64, *mut Error>> + 'static,
{
    let maker: Maker = Box::new(move || Box::pin(body()));
    let record = std::mem::ManuallyDrop::new(maker);
    // SAFETY: the record moves into the task.
    unsafe { qi_task_spawn(&raw const SPAWN, (&raw const record).cast(), flags) }
}

pub fn spawn<F>(body: impl FnOnce() -> F + 'static) -> Handle
where
    F: Future<Output = Result<i64, *mut Error>> + 'static,
{
    spawn_with(0, body)
}

/// A suspending runtime function as a future.
pub struct Op<S, F> {
    start: Option<S>,
    finish: F,
    node: Box<Node>,
}

impl<S: FnOnce(*mut Task, *mut Node) -> i32 + Unpin, F: FnMut(*mut Task, *mut Node) -> i32 + Unpin> Future
    for Op<S, F>
{
    type Output = Result<(), *mut Error>;
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let (task, frame) = NOW.get();
        let node: *mut Node = &mut *self.node;
        let result = match self.start.take() {
            Some(start) => start(task, node),
            None => (self.finish)(task, node),
        };
        match result {
            status::PENDING => {
                // SAFETY: the running task.
                unsafe { (*task).innermost = frame };
                Poll::Pending
            }
            status::READY => Poll::Ready(Ok(())),
            // SAFETY: FAILED hands an error over.
            _ => Poll::Ready(Err(unsafe { std::mem::replace(&mut (*task).error, ptr::null_mut()) })),
        }
    }
}

pub fn op<S, F>(start: S, finish: F) -> Op<S, F> {
    Op { start: Some(start), finish, node: Box::new([0; NODE_WORDS]) }
}

pub async fn sleep(milliseconds: i64) -> Result<(), *mut Error> {
    // SAFETY: the contract's protocol, kept by `Op`.
    op(move |t, n| unsafe { qi_sleep(t, n, milliseconds) }, |t, n| unsafe { qi_sleep_finish(t, n) }).await
}

pub async fn yield_now() -> Result<(), *mut Error> {
    // SAFETY: as above.
    op(|t, n| unsafe { qi_yield_now(t, n) }, |t, n| unsafe { qi_yield_now_finish(t, n) }).await
}

pub async fn join(target: Handle) -> Result<i64, *mut Error> {
    let out = Box::into_raw(Box::new(0i64));
    let result = op(
        // SAFETY: as above; `out` lives until the end.
        move |t, n| unsafe { qi_task_await(t, n, out, &raw const INT, target) },
        // SAFETY: as above.
        move |t, n| unsafe { qi_task_await_finish(t, n, out) },
    )
    .await;
    // SAFETY: boxed above.
    let value = *unsafe { Box::from_raw(out) };
    result.map(|()| value)
}

/// Awaits and gives the handle up.
pub async fn join_once(target: Handle) -> Result<i64, *mut Error> {
    let result = join(target).await;
    // SAFETY: the caller's reference.
    unsafe { qi_release(target) };
    result
}

pub fn channel(capacity: i64) -> Handle {
    let mut channel = ptr::null_mut();
    // SAFETY: live places.
    let error = unsafe { qi_channel_new(&mut channel, &raw const INT, capacity, ptr::null()) };
    assert!(error.is_null());
    channel
}

pub async fn send(channel: Handle, value: i64) -> Result<(), *mut Error> {
    let place = Box::into_raw(Box::new(value));
    let result = op(
        // SAFETY: as above.
        move |t, n| unsafe { qi_channel_send(t, n, channel, place) },
        // SAFETY: as above.
        |t, n| unsafe { qi_channel_send_finish(t, n) },
    )
    .await;
    // SAFETY: boxed above.
    drop(unsafe { Box::from_raw(place) });
    result
}

pub async fn receive(channel: Handle) -> Result<i64, *mut Error> {
    let place = Box::into_raw(Box::new(0i64));
    let result = op(
        // SAFETY: as above.
        move |t, n| unsafe { qi_channel_recv(t, n, channel, place) },
        // SAFETY: as above.
        |t, n| unsafe { qi_channel_recv_finish(t, n) },
    )
    .await;
    // SAFETY: boxed above.
    let value = *unsafe { Box::from_raw(place) };
    result.map(|()| value)
}

/// Runs the arms added by `add` to a choice; gives the index.
pub async fn select(add: impl FnOnce(i64)) -> Result<i64, *mut Error> {
    let out = Box::into_raw(Box::new(-1i64));
    // SAFETY: as above.
    let choice = unsafe { qi_select_new(4) };
    add(choice);
    let result = op(
        // SAFETY: as above.
        move |t, n| unsafe { qi_select_wait(t, n, out, choice) },
        // SAFETY: as above.
        move |t, n| unsafe { qi_select_wait_finish(t, n, out) },
    )
    .await;
    // SAFETY: boxed above.
    let value = *unsafe { Box::from_raw(out) };
    result.map(|()| value)
}

/// 并发: runs the body, then waits for what it started.
pub async fn scope<F: Future<Output = Result<(), *mut Error>>>(body: F) -> Result<(), *mut Error> {
    // SAFETY: as above.
    let scope = unsafe { qi_scope_enter() };
    let outcome = body.await.err().unwrap_or(ptr::null_mut()) as usize;
    op(
        // SAFETY: as above.
        move |t, n| unsafe { qi_scope_leave(t, n, scope, outcome as *mut Error) },
        // SAFETY: as above.
        |t, n| unsafe { qi_scope_leave_finish(t, n) },
    )
    .await
}

/// 限时.
pub async fn deadline<F: Future<Output = Result<(), *mut Error>>>(
    milliseconds: i64,
    body: F,
) -> Result<(), *mut Error> {
    // SAFETY: as above.
    let scope = unsafe { qi_deadline_enter(milliseconds) };
    let outcome = body.await.err().unwrap_or(ptr::null_mut()) as usize;
    op(
        // SAFETY: as above.
        move |t, n| unsafe { qi_deadline_leave(t, n, scope, outcome as *mut Error) },
        // SAFETY: as above.
        |t, n| unsafe { qi_deadline_leave_finish(t, n) },
    )
    .await
}

pub fn new_text(text: &str) -> Str {
    let mut value = Str::EMPTY;
    for c in text.chars() {
        // SAFETY: a live text.
        unsafe { qi_str_append_char(&mut value, c as u32) };
    }
    value
}

/// An error with a text as payload.
pub fn throw(text: &str) -> *mut Error {
    let mut value = new_text(text);
    // SAFETY: the text moves into the error.
    unsafe { qi_error_new(&raw const qi_type_string, (&raw mut value).cast(), ptr::null()) }
}

/// The message of an error, which is released.
pub fn caught(error: *mut Error) -> String {
    let mut text = Str::EMPTY;
    // SAFETY: an owned error.
    unsafe {
        assert!(qi_error_message(&mut text, error).is_null());
        qi_release(error.cast());
    }
    let out = read(&text);
    // SAFETY: an owned text.
    unsafe { qi_value_release((&raw mut text).cast(), &raw const qi_type_string) };
    out
}

pub fn is(error: *mut Error, kind: *const TypeInfo) -> bool {
    // SAFETY: a live error.
    unsafe { ptr::eq((*error).payload, kind) }
}

pub fn read(text: &Str) -> String {
    let bytes = if text.high & Str::INLINE_BIT != 0 {
        let len = (text.high >> 56) as usize & 15;
        // SAFETY: an inline text lies in the value.
        unsafe { std::slice::from_raw_parts(ptr::from_ref(text).cast::<u8>(), len) }
    } else if text.low == 0 {
        &[]
    } else {
        let len = (text.high & Str::LENGTH_MASK) as usize;
        // SAFETY: a live text object.
        unsafe { std::slice::from_raw_parts((text.low as *const u8).add(STR_DATA), len) }
    };
    String::from_utf8(bytes.to_vec()).expect("texts are UTF-8")
}

pub fn print(text: &str) {
    let mut value = new_text(text);
    // SAFETY: a live text.
    unsafe {
        qi_print_line(&value);
        qi_value_release((&raw mut value).cast(), &raw const qi_type_string);
    }
}

type Entry = std::sync::Mutex<Option<Box<dyn FnOnce() -> Body + Send>>>;
static ENTRY: Entry = std::sync::Mutex::new(None);

unsafe extern "C" fn entry_root(task: *mut Task) -> *mut Frame {
    if task.is_null() {
        return size_of::<RootFrame>() as *mut Frame;
    }
    let maker = ENTRY.lock().expect("unused").take().expect("one entry");
    // SAFETY: the contract's duties of a root.
    unsafe { begin(task, maker()) }
}

static ENTRY_SPAWN: SpawnInfo = SpawnInfo {
    run: entry_root,
    args: &raw const NO_ARGS,
    result: &raw const INT,
    site: ptr::null(),
    task_size: AtomicUsize::new(0),
};

/// Output of a program that `run_program` ran in a process of its own.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The globals of a program that has none.
pub extern "C" fn no_globals() {}

/// Runs `main` as a whole program: in a child process that is this test again. In the child it never returns.
pub fn run_program<F>(test: &str, main: impl FnOnce() -> F + Send + 'static) -> Ran
where
    F: Future<Output = Result<i64, *mut Error>> + 'static,
{
    if std::env::var("QI_TEST_CHILD").is_ok_and(|name| name == test) {
        *ENTRY.lock().expect("unused") = Some(Box::new(move || Box::pin(main())));
        // SAFETY: the contract's start of a program.
        let code = unsafe { qi_start_task(0, ptr::null(), ABI_VERSION, &raw const ENTRY_SPAWN, no_globals) };
        std::process::exit(code);
    }
    child(test)
}

pub fn child(test: &str) -> Ran {
    let exe = std::env::current_exe().expect("a test binary");
    let mut command = std::process::Command::new(exe);
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    command.env("QI_TEST_CHILD", test).env("QI_LEAKS", "1");
    if test.starts_with("busy") {
        // smol's executor has no answer to plain code that keeps its threads busy.
        command.env_remove("QI_EXECUTOR");
    }
    let output = command.output().expect("the test binary runs");
    Ran {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
