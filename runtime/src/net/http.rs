//! The HTTP client as compiled code sees it: a request that suspends, and a finished response to read from.

use super::failed;
use super::request::{Call, Response, send};
use crate::array;
use crate::holder::Holder;
use crate::operation::{Operation, Outcome, begin, finish};
use crate::string;
use crate::task::helper;
use crate::task::wait::Waits;
use crate::types::HandleType;
use core::ptr;
use qi_abi::{ArrayObject, Header, Str, Task, TypeInfo};

static RESPONSE: HandleType = Holder::<Response>::kind("响应");

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_request(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut Header,
    method: *const Str,
    url: *const Str,
    headers: *const ArrayObject,
    body: *const Str,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        let own = |text: &Str| String::from(string::text(text));
        let pairs = array::values::<Str>(headers).as_chunks::<2>().0;
        let call = Call {
            method: own(&*method),
            url: own(&*url),
            headers: pairs.iter().map(|[name, value]| (own(name), own(value))).collect(),
            body: own(&*body),
        };
        let start = || {
            helper::spawn(async move {
                match send(call).await {
                    Ok(response) => {
                        let response = Box::new(response);
                        Outcome::Object(Box::new(move || Holder::object(response, &RESPONSE)))
                    }
                    Err(message) => failed(&message),
                }
            })
        };
        begin(task, node, out.cast(), ptr::null(), ptr::null_mut(), Waits::Network, start)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_request_finish(task: *mut Task, node: *mut Operation, out: *mut *mut Header) -> i32 {
    // SAFETY: contract.
    unsafe { finish(task, node, out.cast()) }
}

unsafe fn response<'a>(object: *const Holder<Response>) -> &'a Response {
    // SAFETY: contract: a borrowed response.
    unsafe { &(*object).content }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_status(object: *const Holder<Response>) -> i64 {
    // SAFETY: contract.
    unsafe { i64::from(response(object).status) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_body(out: *mut Str, object: *const Holder<Response>) {
    // SAFETY: contract.
    unsafe { *out = string::new(&String::from_utf8_lossy(&response(object).body)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_bytes(info: *const TypeInfo, object: *const Holder<Response>) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe { array::from_bytes(&*info, &response(object).body) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_http_headers(info: *const TypeInfo, object: *const Holder<Response>) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe {
        let headers = &response(object).headers;
        let words = headers.iter().flat_map(|(name, value)| [name, value]).map(|word| string::new(word));
        array::from_values(&*info, words)
    }
}
