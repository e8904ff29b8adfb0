//! Digests, keys and ciphers, all of them `ring`'s.

use crate::array::{from_bytes, values};
use crate::fault;
use core::num::NonZeroU32;
use core::ptr;
use qi_abi::{ArrayObject, Error, Site, TypeInfo};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac, pbkdf2};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_crypto_digest(
    info: *const TypeInfo,
    bits: i64,
    bytes: *const ArrayObject,
) -> *mut ArrayObject {
    let algorithm = match bits {
        160 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        384 => &digest::SHA384,
        512 => &digest::SHA512,
        _ => &digest::SHA256,
    };
    // SAFETY: contract.
    unsafe { from_bytes(&*info, digest::digest(algorithm, values(bytes)).as_ref()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_crypto_hmac(
    info: *const TypeInfo,
    key: *const ArrayObject,
    bytes: *const ArrayObject,
) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe {
        let key = hmac::Key::new(hmac::HMAC_SHA256, values(key));
        from_bytes(&*info, hmac::sign(&key, values(bytes)).as_ref())
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// A system that has no randomness has no secrets either.
fn fill(bytes: &mut [u8]) {
    if SystemRandom::new().fill(bytes).is_err() {
        crate::input_output::die(2, "系统不给随机数");
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_crypto_random(
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    n: i64,
    site: *const Site,
) -> *mut Error {
    let bytes = match usize::try_from(n) {
        Ok(length) => {
            let mut bytes = vec![0; length];
            fill(&mut bytes);
            Ok(bytes)
        }
        Err(_) => Err(fault::negative("字节数", n, site)),
    };
    // SAFETY: contract.
    unsafe { give(out, info, bytes) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_crypto_derive(
    info: *const TypeInfo,
    password: *const ArrayObject,
    salt: *const ArrayObject,
    rounds: i64,
) -> *mut ArrayObject {
    let rounds = u32::try_from(rounds).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
    let mut key = [0; digest::SHA256_OUTPUT_LEN];
    // SAFETY: contract.
    unsafe {
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, values(salt), values(password), &mut key);
        from_bytes(&*info, &key)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_crypto_same(a: *const ArrayObject, b: *const ArrayObject) -> u8 {
    // SAFETY: contract.
    let (a, b) = unsafe { (values::<u8>(a), values::<u8>(b)) };
    let difference = a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y));
    u8::from(a.len() == b.len() && core::hint::black_box(difference) == 0)
}

fn cipher(key: &[u8], site: *const Site) -> Result<LessSafeKey, *mut Error> {
    match UnboundKey::new(&CHACHA20_POLY1305, key) {
        Ok(key) => Ok(LessSafeKey::new(key)),
        Err(_) => Err(fault::conversion(&format!("密钥要 32 个字节，这里是 {} 个", key.len()), site)),
    }
}

fn seal(key: &[u8], plain: &[u8], site: *const Site) -> Result<Vec<u8>, *mut Error> {
    let (cipher, nonce) = (cipher(key, site)?, random::<NONCE_LEN>());
    let mut sealed = plain.to_vec();
    match cipher.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed) {
        Ok(()) => Ok([&nonce[..], &sealed].concat()),
        Err(_) => Err(fault::conversion("要加密的内容太长", site)),
    }
}

fn open(key: &[u8], sealed: &[u8], site: *const Site) -> Result<Vec<u8>, *mut Error> {
    let cipher = cipher(key, site)?;
    let opened = sealed.split_first_chunk::<NONCE_LEN>().and_then(|(nonce, text)| {
        let mut text = text.to_vec();
        let length = cipher.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    });
    opened.ok_or_else(|| fault::conversion("解不开：密钥不对，或者密文被改过", site))
}

/// # Safety
/// `out` is a place for an array of the described type.
unsafe fn give(out: *mut *mut ArrayObject, info: *const TypeInfo, bytes: Result<Vec<u8>, *mut Error>) -> *mut Error {
    match bytes {
        Ok(bytes) => {
            // SAFETY: contract.
            unsafe { *out = from_bytes(&*info, &bytes) };
            ptr::null_mut()
        }
        Err(error) => error,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_crypto_seal(
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    key: *const ArrayObject,
    bytes: *const ArrayObject,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe { give(out, info, seal(values(key), values(bytes), site)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_crypto_open(
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    key: *const ArrayObject,
    bytes: *const ArrayObject,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe { give(out, info, open(values(key), values(bytes), site)) }
}
