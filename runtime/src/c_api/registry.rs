//! The live objects that C programs hold. Looking every pointer up here is what turns a double free or a stray pointer into an
//! error instead of corruption.

use super::state::{QiError, fail, succeed};
use crate::sync::lock;
use std::collections::HashMap;
use std::sync::Mutex;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Block,
    Text,
    Task,
    Channel,
    Timer,
}

static LIVE: Mutex<Option<HashMap<usize, Kind>>> = Mutex::new(None);

pub fn add<T>(object: *const T, kind: Kind) {
    lock(&LIVE).get_or_insert_default().insert(object as usize, kind);
}

/// Whether `object` is live and of this kind; records the error if not.
pub fn check<T>(object: *const T, kind: Kind) -> bool {
    if object.is_null() {
        fail(QiError::Null, "指针是空的");
        return false;
    }
    if lock(&LIVE).as_ref().and_then(|live| live.get(&(object as usize))) != Some(&kind) {
        fail(QiError::Handle, "不是有效的对象（可能已经释放）");
        return false;
    }
    succeed();
    true
}

/// Checks and takes out: of several racing frees exactly one succeeds.
pub fn remove<T>(object: *const T, kind: Kind) -> bool {
    if object.is_null() {
        fail(QiError::Null, "指针是空的");
        return false;
    }
    let mut live = lock(&LIVE);
    let live = live.get_or_insert_default();
    if live.get(&(object as usize)) != Some(&kind) {
        fail(QiError::Handle, "不是有效的对象（可能已经释放）");
        return false;
    }
    live.remove(&(object as usize));
    succeed();
    true
}
