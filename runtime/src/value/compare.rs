//! Equality and order of values: fields in declaration order, variants by declaration, handles by identity.

use super::{concrete, float, integer};
use crate::array;
use crate::string;
use crate::types::{elem, field_info, fields, stride, tag, variant};
use core::cmp::Ordering;
use core::ptr;
use qi_abi::{ArrayObject, Closure, ERROR_DATA, Error, FieldInfo, Str, TypeInfo, TypeKind};

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Equal,
    Order,
}

/// A pair still to be compared, last first.
enum Step {
    Values(*const u8, *const u8, &'static TypeInfo),
    Elements {
        a: *const u8,
        b: *const u8,
        elem: &'static TypeInfo,
        left: usize,
    },
    /// What remains when everything before was equal.
    Verdict(Ordering),
}

struct Comparer {
    mode: Mode,
    steps: Vec<Step>,
}

/// Types nested deeper, and recursive ones, are compared part by part.
const DEEPEST: u32 = 6;

/// Whether every value of the type is equal to itself: none is a NaN, and no 相等 of the program is asked.
fn equals_itself(info: &'static TypeInfo, depth: u32) -> bool {
    let all = |fields: &'static [FieldInfo]| fields.iter().all(|it| equals_itself(field_info(it), depth - 1));
    if depth == 0 || info.equal.is_some() {
        return false;
    }
    match info.kind {
        TypeKind::Float | TypeKind::Dynamic | TypeKind::Error => false,
        TypeKind::Unit | TypeKind::Bool | TypeKind::Char | TypeKind::Int | TypeKind::Str => true,
        TypeKind::Closure | TypeKind::Handle | TypeKind::Pointer => true,
        TypeKind::Array | TypeKind::Box | TypeKind::Cell => equals_itself(elem(info), depth - 1),
        TypeKind::Struct | TypeKind::Map => all(fields(info)),
        TypeKind::Enum => (0..info.n_variants).all(|tag| all(variant(info, tag).1)),
    }
}

/// The order of two values of one type; in equality mode anything but `Equal` means different.
unsafe fn compare(mode: Mode, a: *const u8, b: *const u8, info: &'static TypeInfo) -> Result<Ordering, *mut Error> {
    let mut comparer = Comparer { mode, steps: Vec::new() };
    // SAFETY: contract of the callers.
    let mut verdict = unsafe { comparer.values(a, b, info)? };
    while verdict == Ordering::Equal {
        let Some(step) = comparer.steps.pop() else { break };
        // SAFETY: steps are made from live parts of the values.
        verdict = unsafe { comparer.step(step)? };
    }
    Ok(verdict)
}

impl Comparer {
    unsafe fn step(&mut self, step: Step) -> Result<Ordering, *mut Error> {
        // SAFETY: steps are made from live parts of the values.
        unsafe {
            match step {
                Step::Verdict(verdict) => Ok(verdict),
                Step::Values(a, b, info) => self.values(a, b, info),
                Step::Elements { a, b, elem, left } => {
                    if left > 1 {
                        let stride = stride(elem);
                        self.steps.push(Step::Elements { a: a.add(stride), b: b.add(stride), elem, left: left - 1 });
                    }
                    self.values(a, b, elem)
                }
            }
        }
    }

    unsafe fn values(&mut self, a: *const u8, b: *const u8, info: &'static TypeInfo) -> Result<Ordering, *mut Error> {
        // SAFETY: contract; layouts by kind.
        unsafe {
            let ((a, info), (b, info_b)) = (concrete(a, info), concrete(b, info));
            if a.is_null() || b.is_null() || !ptr::eq(info, info_b) {
                return Ok((a as usize, ptr::from_ref(info)).cmp(&(b as usize, ptr::from_ref(info_b))));
            }
            if let Some(verdict) = self.user(a, b, info)? {
                return Ok(verdict);
            }
            Ok(match info.kind {
                TypeKind::Unit => Ordering::Equal,
                TypeKind::Bool => (*a).cmp(&*b),
                TypeKind::Char => a.cast::<u32>().read().cmp(&b.cast::<u32>().read()),
                TypeKind::Int => integer(a, info).cmp(&integer(b, info)),
                TypeKind::Float => self.floats(float(a, info), float(b, info)),
                TypeKind::Str => string::bytes(&*a.cast::<Str>()).cmp(string::bytes(&*b.cast::<Str>())),
                TypeKind::Struct | TypeKind::Map => self.fields(a, b, fields(info)),
                TypeKind::Enum => {
                    let (tag_a, tag_b) = (tag(a, info), tag(b, info));
                    if tag_a != tag_b { tag_a.cmp(&tag_b) } else { self.fields(a, b, variant(info, tag_a).1) }
                }
                TypeKind::Array => self.arrays(*a.cast(), *b.cast(), elem(info)),
                TypeKind::Error => self.errors(*a.cast(), *b.cast()),
                TypeKind::Closure => {
                    let (a, b) = (&*a.cast::<Closure>(), &*b.cast::<Closure>());
                    (a.code, a.env).cmp(&(b.code, b.env))
                }
                TypeKind::Handle | TypeKind::Pointer => a.cast::<usize>().read().cmp(&b.cast::<usize>().read()),
                TypeKind::Box | TypeKind::Cell | TypeKind::Dynamic => unreachable!("looked through"),
            })
        }
    }

    /// 等同.相等 or 可比较.比较, if the type has one.
    unsafe fn user(&self, a: *const u8, b: *const u8, info: &TypeInfo) -> Result<Option<Ordering>, *mut Error> {
        let (mut same, mut sign) = (0u8, 0i64);
        // SAFETY: contract: implementations take two values of their type.
        let (error, verdict) = unsafe {
            match (self.mode, info.equal, info.compare) {
                (Mode::Equal, Some(equal), _) => {
                    let error = equal(&mut same, a, b);
                    (error, if same != 0 { Ordering::Equal } else { Ordering::Less })
                }
                (Mode::Order, _, Some(compare)) => {
                    let error = compare(&mut sign, a, b);
                    (error, sign.cmp(&0))
                }
                _ => return Ok(None),
            }
        };
        if error.is_null() { Ok(Some(verdict)) } else { Err(error) }
    }

    /// NaN equals nothing; in an order it comes last.
    fn floats(&self, a: f64, b: f64) -> Ordering {
        a.partial_cmp(&b).unwrap_or_else(|| match self.mode {
            Mode::Equal => Ordering::Less,
            Mode::Order => a.is_nan().cmp(&b.is_nan()),
        })
    }

    fn fields(&mut self, a: *const u8, b: *const u8, fields: &'static [FieldInfo]) -> Ordering {
        for field in fields.iter().rev() {
            let offset = field.offset as usize;
            self.steps.push(Step::Values(a.wrapping_add(offset), b.wrapping_add(offset), field_info(field)));
        }
        Ordering::Equal
    }

    unsafe fn arrays(&mut self, a: *const ArrayObject, b: *const ArrayObject, elem: &'static TypeInfo) -> Ordering {
        // SAFETY: null or live by contract.
        unsafe {
            let length = |array: *const ArrayObject| if array.is_null() { 0 } else { (*array).len as usize };
            let (len_a, len_b) = (length(a), length(b));
            if ptr::eq(a, b) && self.mode == Mode::Equal && equals_itself(elem, DEEPEST) {
                return Ordering::Equal;
            }
            if self.mode == Mode::Equal && len_a != len_b {
                return Ordering::Less;
            }
            self.steps.push(Step::Verdict(len_a.cmp(&len_b)));
            let left = len_a.min(len_b);
            if left > 0 {
                self.steps.push(Step::Elements { a: array::data(a), b: array::data(b), elem, left });
            }
            Ordering::Equal
        }
    }

    unsafe fn errors(&mut self, a: *const Error, b: *const Error) -> Ordering {
        if a.is_null() || b.is_null() || ptr::eq(a, b) {
            return a.cmp(&b);
        }
        // SAFETY: live errors.
        unsafe {
            if !ptr::eq((*a).payload, (*b).payload) {
                return (*a).payload.cmp(&(*b).payload);
            }
            self.steps.push(Step::Values(
                a.cast::<u8>().add(ERROR_DATA),
                b.cast::<u8>().add(ERROR_DATA),
                &*(*a).payload,
            ));
        }
        Ordering::Equal
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_equal(out: *mut u8, info: *const TypeInfo, a: *const u8, b: *const u8) -> *mut Error {
    // SAFETY: contract.
    match unsafe { compare(Mode::Equal, a, b, &*info) } {
        Ok(verdict) => {
            // SAFETY: contract.
            unsafe { *out = u8::from(verdict == Ordering::Equal) };
            ptr::null_mut()
        }
        Err(error) => error,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_compare(
    out: *mut i64,
    info: *const TypeInfo,
    a: *const u8,
    b: *const u8,
) -> *mut Error {
    // SAFETY: contract.
    match unsafe { compare(Mode::Order, a, b, &*info) } {
        Ok(verdict) => {
            // SAFETY: contract.
            unsafe { *out = verdict as i64 };
            ptr::null_mut()
        }
        Err(error) => error,
    }
}
