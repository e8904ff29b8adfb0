//! Numbers: what is not one machine instruction.

use crate::fault;
use core::cell::Cell;
use core::ptr;
use qi_abi::{Error, Site};

macro_rules! float_functions {
    ($($symbol:ident $method:ident;)*) => {
        $(
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $symbol(a: f64) -> f64 {
                a.$method()
            }
        )*
    };
}

float_functions! {
    qi_float_sin sin;
    qi_float_cos cos;
    qi_float_tan tan;
    qi_float_asin asin;
    qi_float_acos acos;
    qi_float_atan atan;
    qi_float_exp exp;
    qi_float_ln ln;
    qi_float_log10 log10;
    qi_float_log2 log2;
    qi_float_round round;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_float_pow(a: f64, b: f64) -> f64 {
    a.powf(b)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_float_rem(a: f64, b: f64) -> f64 {
    a % b
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_float_atan2(a: f64, b: f64) -> f64 {
    a.atan2(b)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_float_to_int(out: *mut i64, value: f64, site: *const Site) -> *mut Error {
    let whole = value.trunc();
    if !(-TWO_TO_63..TWO_TO_63).contains(&whole) {
        return does_not_fit(value, "整数", site);
    }
    // SAFETY: contract.
    unsafe { *out = whole as i64 };
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_float_to_unsigned(out: *mut u64, value: f64, site: *const Site) -> *mut Error {
    let whole = value.trunc();
    if !(0.0..2.0 * TWO_TO_63).contains(&whole) {
        return does_not_fit(value, "无符号64", site);
    }
    // SAFETY: contract.
    unsafe { *out = whole as u64 };
    ptr::null_mut()
}

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

fn does_not_fit(value: f64, ty: &str, site: *const Site) -> *mut Error {
    let message = format!("溢出：{} 放不进{ty}", crate::string::float_text(value));
    fault::new(&crate::types::qi_type_fault_overflow, &message, site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_int_pow(out: *mut i64, base: i64, exponent: i64, site: *const Site) -> *mut Error {
    let result = match u32::try_from(exponent) {
        Ok(exponent) => base.checked_pow(exponent),
        // Only 0, 1 and -1 have integral powers outside; their large powers depend on the exponent's parity.
        Err(_) => match (base, exponent < 0) {
            (1, _) => Some(1),
            (-1, _) => Some(if exponent % 2 == 0 { 1 } else { -1 }),
            (0, false) => Some(0),
            _ => None,
        },
    };
    let Some(result) = result else { return fault::overflow(site) };
    // SAFETY: contract.
    unsafe { *out = result };
    ptr::null_mut()
}

thread_local! {
    static RANDOM: Cell<u64> = const { Cell::new(0) };
}

/// Uniform bits, not for secrets; seeded per thread from clock, thread and address.
pub fn random_bits() -> u64 {
    RANDOM.with(|cell| {
        let mut state = cell.get();
        if state == 0 {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            state = now.map_or(1, |now| now.as_nanos() as u64) ^ (ptr::from_ref(cell) as u64).rotate_left(32);
        }
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        cell.set(state);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_random_bits() -> u64 {
    random_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_and_powers_check_their_range() {
        let mut out = 0;
        // SAFETY: `out` is a live place.
        unsafe {
            assert!(qi_float_to_int(&mut out, -2.9, ptr::null()).is_null() && out == -2);
            for wrong in [f64::NAN, f64::INFINITY, 9.3e18, -9.3e18] {
                let error = qi_float_to_int(&mut out, wrong, ptr::null());
                assert!(!error.is_null());
                crate::memory::release(error.cast());
            }
            let mut unsigned = 0;
            assert!(qi_float_to_unsigned(&mut unsigned, 1e19, ptr::null()).is_null() && unsigned == 10_u64.pow(19));
            assert!(qi_float_to_unsigned(&mut unsigned, -0.9, ptr::null()).is_null() && unsigned == 0);
            for wrong in [f64::NAN, -1.0, 1.9e19] {
                let error = qi_float_to_unsigned(&mut unsigned, wrong, ptr::null());
                assert!(!error.is_null());
                crate::memory::release(error.cast());
            }
            assert!(qi_int_pow(&mut out, -2, 63, ptr::null()).is_null() && out == i64::MIN);
            assert!(qi_int_pow(&mut out, -1, i64::MAX, ptr::null()).is_null() && out == -1);
            let error = qi_int_pow(&mut out, 2, 63, ptr::null());
            assert!(!error.is_null());
            crate::memory::release(error.cast());
        }
    }
}
