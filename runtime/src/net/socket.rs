//! TCP for Qi code. Reading, writing and accepting try at once and register with the reactor only when they must wait; a
//! cancellation never loses bytes: what was read is returned.

use super::{bind, connect, failed, reason, split_address};
use crate::array;
use crate::fault;
use crate::memory::{self, Worklist};
use crate::operation::{Operation, Outcome, begin, finish};
use crate::string;
use crate::task::wait::{self, Waits, object};
use crate::task::{TaskObject, deadlock, helper};
use crate::types::{HandleType, qi_type_fault_network};
use core::ptr;
use core::task::{Context, Poll};
use qi_abi::{ArrayObject, Header, Str, Task, TypeInfo, node_words, status};
use smol::Async;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};

static SOCKET: HandleType = HandleType::new("连接", destroy);

enum Kind {
    Listener(Async<TcpListener>),
    Stream(Async<TcpStream>),
}

#[repr(C)]
pub struct Socket {
    header: Header,
    kind: Option<Kind>,
    closed: AtomicBool,
}

fn new_socket(kind: Kind) -> *mut Header {
    let socket = memory::allocate_handle(size_of::<Socket>(), &SOCKET).cast::<Socket>();
    // SAFETY: fresh memory.
    unsafe {
        ptr::write(&raw mut (*socket).kind, Some(kind));
        ptr::write(&raw mut (*socket).closed, AtomicBool::new(false));
    }
    socket.cast()
}

unsafe fn destroy(object: *mut Header, _: &mut Worklist) {
    // SAFETY: no reference is left.
    unsafe {
        (*object.cast::<Socket>()).kind = None;
        memory::free(object);
    }
}

/// Starts to make a socket at an address.
unsafe fn make<F>(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut Header,
    address: *const Str,
    make: fn(String) -> F,
) -> i32
where
    F: Future<Output = Result<Outcome, String>> + Send + 'static,
{
    // SAFETY: contract of the callers.
    unsafe {
        let address = String::from(string::text(&*address));
        let start = || helper::spawn(async move { make(address).await.unwrap_or_else(|message| failed(&message)) });
        begin(task, node, out.cast(), ptr::null(), ptr::null_mut(), Waits::Network, start)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_listen(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut Header,
    address: *const Str,
) -> i32 {
    // SAFETY: contract.
    unsafe { make(task, node, out, address, listen) }
}

async fn listen(address: String) -> Result<Outcome, String> {
    let listener = bind(&address).await?;
    Ok(Outcome::Object(Box::new(move || new_socket(Kind::Listener(listener)))))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_connect(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut Header,
    address: *const Str,
) -> i32 {
    // SAFETY: contract.
    unsafe { make(task, node, out, address, open) }
}

async fn open(address: String) -> Result<Outcome, String> {
    let bad = || format!("地址 {} 不是“主机:端口”", crate::value::quoted(&address));
    let (host, port) = split_address(&address).ok_or_else(bad)?;
    let stream: std::sync::Arc<Async<TcpStream>> = connect(host, port).await?.into();
    let Ok(stream) = std::sync::Arc::try_unwrap(stream) else { return Err(String::from("连接被占用")) };
    Ok(Outcome::Object(Box::new(move || new_socket(Kind::Stream(stream)))))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_listen_finish(task: *mut Task, node: *mut Operation, out: *mut *mut Header) -> i32 {
    // SAFETY: contract.
    unsafe { finish(task, node, out.cast()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_connect_finish(task: *mut Task, node: *mut Operation, out: *mut *mut Header) -> i32 {
    // SAFETY: contract.
    unsafe { finish(task, node, out.cast()) }
}

/// What waits in the caller's node while a socket is not ready.
#[derive(Clone, Copy)]
pub struct Transfer {
    socket: *const Socket,
    op: Op,
    /// Description of 数组<字节>, for reading.
    info: *const TypeInfo,
    /// The array to write.
    bytes: *const ArrayObject,
    /// Bytes to read at most, or written already.
    amount: usize,
    waiting: bool,
}

const _: () = assert!(size_of::<Transfer>() <= node_words::TRANSFER * 8);

#[derive(Clone, Copy, PartialEq)]
enum Op {
    Accept,
    Read,
    Write,
}

/// One attempt; `WouldBlock` if it must wait.
unsafe fn attempt(node: *mut Transfer, out: *mut u8) -> io::Result<()> {
    // SAFETY: contract: a borrowed socket, places for the result.
    unsafe {
        let transfer = &mut *node;
        let socket = &*transfer.socket;
        if socket.closed.load(Ordering::Acquire) {
            return Err(io::Error::other("连接已关闭"));
        }
        match (transfer.op, &socket.kind) {
            (Op::Accept, Some(Kind::Listener(listener))) => {
                let (stream, _) = listener.get_ref().accept()?;
                let _ = stream.set_nodelay(true);
                *out.cast::<*mut Header>() = new_socket(Kind::Stream(Async::new(stream)?));
                Ok(())
            }
            (Op::Read, Some(Kind::Stream(stream))) => {
                let mut buffer = vec![0; transfer.amount];
                let count = stream.get_ref().read(&mut buffer)?;
                *out.cast::<*mut ArrayObject>() = array::from_bytes(&*transfer.info, &buffer[..count]);
                Ok(())
            }
            (Op::Write, Some(Kind::Stream(stream))) => {
                let bytes = array::values::<u8>(transfer.bytes);
                while transfer.amount < bytes.len() {
                    let count = stream.get_ref().write(&bytes[transfer.amount..])?;
                    if count == 0 {
                        return Err(ErrorKind::BrokenPipe.into());
                    }
                    transfer.amount += count;
                }
                Ok(())
            }
            _ => Err(io::Error::other("这不是合适的连接")),
        }
    }
}

unsafe fn step(task: *mut TaskObject, node: *mut Transfer, out: *mut u8) -> i32 {
    // SAFETY: contract of the callers.
    unsafe {
        loop {
            match attempt(node, out) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if wait::is_cancelled(task) {
                        settle(node);
                        return wait::fail_cancelled(task);
                    }
                    if (*task).with_context(|cx| is_ready(node, cx)) {
                        continue;
                    }
                    if !(*node).waiting {
                        (*node).waiting = true;
                        deadlock::external_begins();
                    }
                    return wait::pending(task, Waits::Network);
                }
                Err(error) => {
                    settle(node);
                    let message = format!("网络错误：{}", reason(&error));
                    return wait::fail(task, fault::new(&qi_type_fault_network, &message, ptr::null()));
                }
                Ok(()) => {
                    settle(node);
                    return status::READY;
                }
            }
        }
    }
}

/// Registers with the reactor; true if the socket is ready after all.
unsafe fn is_ready(node: *mut Transfer, cx: &mut Context<'_>) -> bool {
    // SAFETY: contract: a borrowed socket.
    let (socket, op) = unsafe { (&*(*node).socket, (*node).op) };
    let polled = match (&socket.kind, op) {
        (Some(Kind::Listener(listener)), _) => listener.poll_readable(cx),
        (Some(Kind::Stream(stream)), Op::Write) => stream.poll_writable(cx),
        (Some(Kind::Stream(stream)), _) => stream.poll_readable(cx),
        (None, _) => return true,
    };
    !matches!(polled, Poll::Pending)
}

unsafe fn settle(node: *mut Transfer) {
    // SAFETY: the caller's node.
    unsafe {
        if core::mem::take(&mut (*node).waiting) {
            deadlock::external_ends();
        }
    }
}

unsafe fn start(task: *mut Task, node: *mut Transfer, out: *mut u8, transfer: Transfer) -> i32 {
    let task = object(task);
    // SAFETY: contract.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        node.write(transfer);
        step(task, node, out)
    }
}

impl Transfer {
    fn new(socket: *const Socket, op: Op) -> Self {
        Self { socket, op, info: ptr::null(), bytes: ptr::null(), amount: 0, waiting: false }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_accept(
    task: *mut Task,
    node: *mut Transfer,
    out: *mut *mut Header,
    listener: *const Socket,
) -> i32 {
    // SAFETY: contract.
    unsafe { start(task, node, out.cast(), Transfer::new(listener, Op::Accept)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_accept_finish(task: *mut Task, node: *mut Transfer, out: *mut *mut Header) -> i32 {
    // SAFETY: contract.
    unsafe { step(object(task), node, out.cast()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_read(
    task: *mut Task,
    node: *mut Transfer,
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    connection: *const Socket,
    most: i64,
) -> i32 {
    let amount = most.clamp(1, 1 << 20) as usize;
    // SAFETY: contract.
    unsafe { start(task, node, out.cast(), Transfer { info, amount, ..Transfer::new(connection, Op::Read) }) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_read_finish(task: *mut Task, node: *mut Transfer, out: *mut *mut ArrayObject) -> i32 {
    // SAFETY: contract.
    unsafe { step(object(task), node, out.cast()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_write(
    task: *mut Task,
    node: *mut Transfer,
    connection: *const Socket,
    bytes: *const ArrayObject,
) -> i32 {
    // SAFETY: contract: the array is borrowed until the end.
    unsafe { start(task, node, ptr::null_mut(), Transfer { bytes, ..Transfer::new(connection, Op::Write) }) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_write_finish(task: *mut Task, node: *mut Transfer) -> i32 {
    // SAFETY: contract.
    unsafe { step(object(task), node, ptr::null_mut()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_close(socket: *const Socket) {
    use std::os::fd::AsRawFd;
    // SAFETY: contract: a borrowed socket.
    unsafe {
        (*socket).closed.store(true, Ordering::Release);
        match &(*socket).kind {
            Some(Kind::Stream(stream)) => drop(stream.get_ref().shutdown(Shutdown::Both)),
            // Wakes whoever waits in accept.
            Some(Kind::Listener(listener)) => drop(libc::shutdown(listener.get_ref().as_raw_fd(), libc::SHUT_RDWR)),
            None => {}
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_local(out: *mut Str, socket: *const Socket) {
    // SAFETY: contract: a borrowed socket.
    unsafe {
        let address = match &(*socket).kind {
            Some(Kind::Stream(stream)) => stream.get_ref().local_addr().ok(),
            Some(Kind::Listener(listener)) => listener.get_ref().local_addr().ok(),
            None => None,
        };
        *out = string::new(&address.map_or_else(String::new, |address| address.to_string()));
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_net_peer(out: *mut Str, socket: *const Socket) {
    // SAFETY: contract: a borrowed socket.
    unsafe {
        let address = match &(*socket).kind {
            Some(Kind::Stream(stream)) => stream.get_ref().peer_addr().ok(),
            _ => None,
        };
        *out = string::new(&address.map_or_else(String::new, |address| address.to_string()));
    }
}
