//! Share points: makes everything reachable from a value shared between tasks, or immortal. Walks the private part once,
//! iteratively; shared parts stop the walk (everything below them is shared already).

use super::census;
use super::walk::{with_children, with_objects};
use crate::types::{is_counted, may_be_confined};
use core::sync::atomic::Ordering;
use qi_abi::{Error, Header, TypeInfo, TypeKind, object_flags};
use std::sync::Mutex;

/// Handles that constants own, one entry for each reference; remembered only for the census.
static CONSTANT_HANDLES: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// Something reachable is confined to its task (a generator or a captured variable).
#[derive(Debug)]
pub struct Confined;

/// # Safety
/// `place` holds a value of the described type that no other task sees yet.
#[inline]
pub unsafe fn share_value(place: *const u8, info: &TypeInfo) -> Result<(), Confined> {
    // SAFETY: contract.
    if is_counted(info) { unsafe { share_counted(place, info) } } else { Ok(()) }
}

/// # Safety
/// As `share_value`.
unsafe fn share_counted(place: *const u8, info: &TypeInfo) -> Result<(), Confined> {
    let mut walk = Walk { marked: may_be_confined(info).then(Vec::new), ..Walk::default() };
    // SAFETY: contract.
    unsafe {
        with_objects(place, info, &mut |object| walk.visit(object));
        walk.finish()
    }
}

/// # Safety
/// `object` is null or live, and no other task sees it unless it is shared.
pub unsafe fn share_object(object: *mut Header) -> Result<(), Confined> {
    let mut walk = Walk { marked: Some(Vec::new()), ..Walk::default() };
    // SAFETY: contract.
    unsafe {
        if !object.is_null() {
            walk.visit(object);
        }
        walk.finish()
    }
}

#[derive(Default)]
struct Walk {
    stack: Vec<*mut Header>,
    confined: bool,
    /// What was made shared, where that may have to be undone: a shared object would stop the next walk above what is
    /// confined.
    marked: Option<Vec<*mut Header>>,
}

impl Walk {
    unsafe fn visit(&mut self, object: *mut Header) {
        // SAFETY: live by contract of the callers.
        let header = unsafe { &*object };
        let count = header.count.load(Ordering::Relaxed);
        if count <= 0 {
            return;
        }
        if header.flags & object_flags::CONFINED != 0 {
            self.confined = true;
            return;
        }
        // Published to other tasks by whatever queue or lock carries the value to them.
        header.count.store(-count, Ordering::Relaxed);
        self.marked.iter_mut().for_each(|it| it.push(object));
        // SAFETY: every object has a static description.
        if unsafe { (*header.info).kind } != TypeKind::Str {
            self.stack.push(object);
        }
    }

    unsafe fn finish(mut self) -> Result<(), Confined> {
        while let Some(object) = self.stack.pop() {
            // SAFETY: reachable from the caller's live value.
            unsafe { with_children(object, &mut |child| self.visit(child)) }
        }
        if !self.confined {
            return Ok(());
        }
        for object in self.marked.into_iter().flatten() {
            // SAFETY: still reachable, and nobody else has seen it.
            let count = unsafe { &(*object).count };
            count.store(-count.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        Err(Confined)
    }
}

/// Everything reachable is never freed and never counted again, except handles, which keep their counts.
///
/// # Safety
/// `place` holds a value of the described type, and no other task runs yet.
pub unsafe fn immortalize_value(place: *const u8, info: &TypeInfo) {
    let mut stack: Vec<*mut Header> = Vec::new();
    let visit = |object: *mut Header, stack: &mut Vec<*mut Header>| {
        // SAFETY: reachable from a live value.
        let (header, kind) = unsafe { (&*object, (*(*object).info).kind) };
        if kind == TypeKind::Handle {
            if census::is_enabled() {
                CONSTANT_HANDLES.lock().expect("never panics").push(object as usize);
            }
        } else if header.count.load(Ordering::Relaxed) != 0 {
            header.count.store(0, Ordering::Relaxed);
            census::died(header.info);
            stack.push(object);
        }
    };
    // SAFETY: contract.
    unsafe {
        with_objects(place, info, &mut |object| visit(object, &mut stack));
        while let Some(object) = stack.pop() {
            with_children(object, &mut |child| visit(child, &mut stack));
        }
    }
}

/// Gives up the handles of constants, so that the census counts only what nothing owns. Without a census they live
/// until the process ends: a detached task may still use them.
pub fn release_constant_handles() {
    let handles = core::mem::take(&mut *CONSTANT_HANDLES.lock().expect("never panics"));
    for object in handles {
        // SAFETY: a constant's reference; all tasks have ended.
        unsafe { super::release(object as *mut Header) }
    }
}

/// See `qi_abi::symbols::VALUE_SHARE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_share(place: *mut u8, info: *const TypeInfo) -> *mut Error {
    // SAFETY: contract.
    match unsafe { share_value(place, &*info) } {
        Ok(()) => core::ptr::null_mut(),
        Err(Confined) => crate::fault::unshareable(core::ptr::null()),
    }
}

/// See `qi_abi::symbols::VALUE_IMMORTALIZE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_immortalize(place: *mut u8, info: *const TypeInfo) {
    // SAFETY: contract.
    unsafe { immortalize_value(place, &*info) }
}
