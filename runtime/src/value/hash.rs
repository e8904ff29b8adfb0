//! Hashes of values: equal values have equal hashes, the same while a program runs. Never negative (maps mark deleted
//! entries with -1). The functions are keyed: which keys collide is another secret in every process.

use super::{concrete, float, integer};
use crate::array;
use crate::string;
use crate::types::{elem, field_info, fields, stride, tag, variant};
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use qi_abi::{ArrayObject, ERROR_DATA, Error, FieldInfo, Str, TypeInfo, TypeKind};

/// See `qi_abi::symbols::HASH_SEED`.
#[unsafe(no_mangle)]
pub static qi_hash_seed: [AtomicU64; 2] =
    [AtomicU64::new(0x9E37_79B9_7F4A_7C15), AtomicU64::new(0xD1B5_4A32_D192_ED03)];

/// Chooses the key, once; before the program's first hash.
pub fn choose_seed() {
    static CHOSEN: AtomicBool = AtomicBool::new(false);
    if CHOSEN.swap(true, Ordering::Relaxed) {
        return;
    }
    let mut words = [0_u64; 2];
    // SAFETY: the buffer has the length told.
    let filled = unsafe { libc::getrandom(words.as_mut_ptr().cast(), size_of_val(&words), libc::GRND_NONBLOCK) };
    // A machine that has no entropy yet keeps the key of this file.
    if filled == size_of_val(&words) as isize {
        qi_hash_seed[0].store(words[0], Ordering::Relaxed);
        qi_hash_seed[1].store(words[1] | 1, Ordering::Relaxed);
    }
}

fn seed() -> (u64, u64) {
    (qi_hash_seed[0].load(Ordering::Relaxed), qi_hash_seed[1].load(Ordering::Relaxed))
}

/// The two halves of the product: each bit depends on all bits of both factors.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

struct Hasher {
    state: u64,
    key: u64,
}

impl Hasher {
    fn new() -> Self {
        let (state, key) = seed();
        Self { state, key }
    }
    fn word(&mut self, word: u64) {
        self.state = fold(self.state ^ word, self.key).wrapping_add(word);
    }
    fn finish(&self) -> i64 {
        (fold(self.state, self.key) & i64::MAX as u64) as i64
    }
}

/// Compiled code computes the hashes of short texts itself, from the two words of an inline text.
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    let (a, b) = seed();
    let hash = if bytes.len() <= Str::INLINE_MAX {
        let short = string::inline(bytes);
        fold(short.low ^ a, short.high ^ b)
    } else {
        let mut hash = a ^ bytes.len() as u64;
        let (blocks, _) = bytes.as_chunks::<16>();
        for block in blocks.iter().chain(bytes.last_chunk::<16>()) {
            let block = u128::from_le_bytes(*block);
            hash = fold(block as u64 ^ hash, (block >> 64) as u64 ^ b);
        }
        hash
    };
    (hash & i64::MAX as u64) as i64
}

enum Step {
    Value(*const u8, &'static TypeInfo),
    Elements { at: *const u8, elem: &'static TypeInfo, left: usize },
}

unsafe fn hash(place: *const u8, info: &'static TypeInfo) -> Result<i64, *mut Error> {
    let mut hasher = Hasher::new();
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
            TypeKind::Str => hasher.word(hash_bytes(string::bytes(&*place.cast::<Str>())) as u64),
            TypeKind::Struct | TypeKind::Map => push_fields(steps, place, fields(info)),
            TypeKind::Enum => {
                let tag = tag(place, info);
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
