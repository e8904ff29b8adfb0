//! The HTTP server as compiled code sees it: a server that gives requests one after another, and requests that are answered
//! once.

use super::failed;
use super::serve::{Exchange, Reply, Server, listen};
use crate::array;
use crate::memory::{self, Worklist};
use crate::operation::{Operation, Outcome, begin, finish};
use crate::string;
use crate::task::helper;
use crate::task::wait::Waits;
use crate::types::HandleType;
use core::ptr;
use qi_abi::{ArrayObject, Header, Str, Task, TypeInfo};

static SERVER: HandleType = HandleType::new("服务器", destroy::<Server>);
static EXCHANGE: HandleType = HandleType::new("请求", destroy::<Exchange>);

#[repr(C)]
pub struct Object<T> {
    header: Header,
    content: Box<T>,
}

unsafe fn destroy<T>(object: *mut Header, _: &mut Worklist) {
    // SAFETY: no reference is left.
    unsafe {
        ptr::drop_in_place(&raw mut (*object.cast::<Object<T>>()).content);
        memory::free(object);
    }
}

fn new_object<T>(content: Box<T>, kind: &'static HandleType) -> *mut Header {
    let object = memory::allocate_handle(size_of::<Object<T>>(), kind);
    // SAFETY: fresh memory.
    unsafe { ptr::write(&raw mut (*object.cast::<Object<T>>()).content, content) };
    object
}

fn made<T: Send + 'static>(content: T, kind: &'static HandleType) -> Outcome {
    let content = Box::new(content);
    Outcome::Object(Box::new(move || new_object(content, kind)))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_listen(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut Header,
    address: *const Str,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        let address = String::from(string::text(&*address));
        let start = || {
            helper::spawn(async move {
                match listen(address).await {
                    Ok(server) => made(server, &SERVER),
                    Err(message) => failed(&message),
                }
            })
        };
        begin(task, node, out.cast(), ptr::null(), ptr::null_mut(), Waits::Network, start)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_listen_finish(task: *mut Task, node: *mut Operation, out: *mut *mut Header) -> i32 {
    // SAFETY: contract.
    unsafe { finish(task, node, out.cast()) }
}

/// A request that nobody takes, because the wait was cancelled, is refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_next(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut Header,
    server: *const Object<Server>,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        let requests = (*server).content.requests();
        let start = || {
            helper::spawn(async move {
                match requests.recv().await {
                    Ok(exchange) => made(exchange, &EXCHANGE),
                    Err(_) => failed("服务器已关闭"),
                }
            })
        };
        begin(task, node, out.cast(), ptr::null(), ptr::null_mut(), Waits::Network, start)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_next_finish(task: *mut Task, node: *mut Operation, out: *mut *mut Header) -> i32 {
    // SAFETY: contract.
    unsafe { finish(task, node, out.cast()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_server_address(out: *mut Str, server: *const Object<Server>) {
    // SAFETY: contract.
    unsafe { *out = string::new(&(*server).content.address) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_server_close(server: *const Object<Server>) {
    // SAFETY: contract.
    unsafe { (*server).content.close() }
}

/// Method, path with query, peer, body.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_exchange_head(
    info: *const TypeInfo,
    exchange: *const Object<Exchange>,
) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe {
        let it = &(*exchange).content;
        let body = String::from_utf8_lossy(&it.body);
        let words = [&it.method, &it.target, &it.peer, body.as_ref()].map(string::new);
        array::from_values(&*info, words.into_iter())
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_exchange_headers(
    info: *const TypeInfo,
    exchange: *const Object<Exchange>,
) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe {
        let headers = &(*exchange).content.headers;
        let words = headers.iter().flat_map(|(name, value)| [name, value]).map(|word| string::new(word));
        array::from_values(&*info, words)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_answer(
    exchange: *const Object<Exchange>,
    status: i64,
    headers: *const ArrayObject,
    body: *const Str,
) {
    // SAFETY: contract.
    unsafe {
        let own = |text: &Str| String::from(string::text(text));
        let pairs = array::values::<Str>(headers).as_chunks::<2>().0;
        (*exchange).content.answer(Reply {
            status: u16::try_from(status).unwrap_or(500),
            headers: pairs.iter().map(|[name, value]| (own(name), own(value))).collect(),
            body: own(&*body),
        });
    }
}
