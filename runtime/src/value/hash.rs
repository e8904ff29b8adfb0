//! Hashes of values: equal values have equal hashes. Never negative (maps mark deleted entries with -1); the same in every run.

use super::{concrete, float, integer};
use crate::array;
use crate::string;
use crate::types::{elem, field_info, fields, stride, variant};
use core::ptr;
use qi_abi::{ArrayObject, ERROR_DATA, Error, FieldInfo, Str, TypeInfo, TypeKind};

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Default)]
struct Hasher {
    state: u64,
}

impl Hasher {
    fn word(&mut self, word: u64) {
        self.state = (self.state.rotate_left(23) ^ word).wrapping_mul(MULTIPLIER);
    }
    fn bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        // The length keeps "a" and "a\0" apart.
        self.word(u64::from_le_bytes(last));
        self.word(bytes.len() as u64);
    }
    fn finish(&self) -> i64 {
        let mixed = (self.state ^ (self.state >> 32)).wrapping_mul(MULTIPLIER);
        ((mixed ^ (mixed >> 29)) & i64::MAX as u64) as i64
    }
}

pub fn hash_bytes(bytes: &[u8]) -> i64 {
    let mut hasher = Hasher::default();
    hasher.bytes(bytes);
    hasher.finish()
}

enum Step {
    Value(*const u8, &'static TypeInfo),
    Elements { at: *const u8, elem: &'static TypeInfo, left: usize },
}

unsafe fn hash(place: *const u8, info: &'static TypeInfo) -> Result<i64, *mut Error> {
    let mut hasher = Hasher::default();
    let mut steps = vec![Step::Value(place, info)];
    while let Some(step) = steps.pop() {
        // SAFETY: contract; steps are made from live parts of the value.
        unsafe {
            match step {
                Step::Value(place, info) => value(&mut hasher, &mut steps, place, info)?,
                Step::Elements { at, elem, left } => {
                    if left > 1 {
                        steps.push(Step::Elements { at: at.add(stride(elem)), elem, left: left - 1 });
                    }
                    value(&mut hasher, &mut steps, at, elem)?;
                }
            }
        }
    }
    Ok(hasher.finish())
}

unsafe fn value(
    hasher: &mut Hasher,
    steps: &mut Vec<Step>,
    place: *const u8,
    info: &'static TypeInfo,
) -> Result<(), *mut Error> {
    // SAFETY: contract; layouts by kind.
    unsafe {
        let (place, info) = concrete(place, info);
        if place.is_null() {
            hasher.word(0);
            return Ok(());
        }
        if let Some(user) = info.hash {
            let mut result = 0;
            let error = user(&mut result, place);
            hasher.word(result as u64);
            return if error.is_null() { Ok(()) } else { Err(error) };
        }
        match info.kind {
            TypeKind::Unit => hasher.word(1),
            TypeKind::Bool => hasher.word(u64::from(*place)),
            TypeKind::Char => hasher.word(u64::from(place.cast::<u32>().read())),
            TypeKind::Int => hasher.word(integer(place, info) as u64),
            // 0.0 and -0.0 are equal.
            TypeKind::Float => hasher.word((float(place, info) + 0.0).to_bits()),
            TypeKind::Str => hasher.bytes(string::bytes(&*place.cast::<Str>())),
            TypeKind::Struct | TypeKind::Map => push_fields(steps, place, fields(info)),
            TypeKind::Enum => {
                let tag = place.cast::<u32>().read();
                hasher.word(u64::from(tag));
                push_fields(steps, place, variant(info, tag).1);
            }
            TypeKind::Array => {
                let array = *place.cast::<*const ArrayObject>();
                let len = if array.is_null() { 0 } else { (*array).len as usize };
                hasher.word(len as u64);
                if len > 0 {
                    steps.push(Step::Elements { at: array::data(array), elem: elem(info), left: len });
                }
            }
            TypeKind::Error => {
                let error = *place.cast::<*const Error>();
                if !error.is_null() {
                    steps.push(Step::Value(error.cast::<u8>().add(ERROR_DATA), &*(*error).payload));
                }
            }
            TypeKind::Closure | TypeKind::Handle | TypeKind::Pointer => hasher.word(place.cast::<u64>().read()),
            TypeKind::Box | TypeKind::Cell | TypeKind::Dynamic => unreachable!("looked through"),
        }
    }
    Ok(())
}

fn push_fields(steps: &mut Vec<Step>, base: *const u8, fields: &'static [FieldInfo]) {
    for field in fields.iter().rev() {
        steps.push(Step::Value(base.wrapping_add(field.offset as usize), field_info(field)));
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_hash(out: *mut i64, info: *const TypeInfo, place: *const u8) -> *mut Error {
    // SAFETY: contract.
    match unsafe { hash(place, &*info) } {
        Ok(result) => {
            // SAFETY: contract.
            unsafe { *out = result };
            ptr::null_mut()
        }
        Err(error) => error,
    }
}
