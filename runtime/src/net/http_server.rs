//! The HTTP server as compiled code sees it: a server that gives requests one after another, and requests that are answered
//! once.

use super::failed;
use super::serve::{Exchange, Reply, Server, listen};
use crate::array;
use crate::fault;
use crate::holder::Holder;
use crate::operation::{Operation, Outcome, begin, finish};
use crate::string;
use crate::task::helper;
use crate::task::wait::Waits;
use crate::types::{HandleType, qi_type_fault_network};
use core::ptr;
use qi_abi::{ArrayObject, Error, Header, Site, Str, Task, TypeInfo};

static SERVER: HandleType = Holder::<Server>::kind("服务器");
static EXCHANGE: HandleType = Holder::<Exchange>::kind("请求");

fn made<T: Send + 'static>(content: T, kind: &'static HandleType) -> Outcome {
    let content = Box::new(content);
    Outcome::Object(Box::new(move || Holder::object(content, kind)))
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
    server: *const Holder<Server>,
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
pub unsafe extern "C" fn qi_http_server_address(out: *mut Str, server: *const Holder<Server>) {
    // SAFETY: contract.
    unsafe { *out = string::new(&(*server).content.address) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_server_close(server: *const Holder<Server>) {
    // SAFETY: contract.
    unsafe { (*server).content.close() }
}

/// Method, path with query, peer, body.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_exchange_head(
    info: *const TypeInfo,
    exchange: *const Holder<Exchange>,
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
    exchange: *const Holder<Exchange>,
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
    exchange: *const Holder<Exchange>,
    status: i64,
    headers: *const ArrayObject,
    body: *const Str,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe {
        let pairs = array::values::<Str>(headers).as_chunks::<2>().0;
        let pairs = pairs.iter().map(|[name, value]| (string::text(name), string::text(value)));
        match Reply::new(status, pairs, string::text(&*body)) {
            Ok(reply) => {
                (*exchange).content.answer(reply);
                ptr::null_mut()
            }
            Err(what) => fault::new(&qi_type_fault_network, &format!("网络错误：{what}"), site),
        }
    }
}
