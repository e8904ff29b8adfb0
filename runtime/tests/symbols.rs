//! Every symbol of the contract is defined, so a program that links against it never misses one.

use qi_abi::{RuntimeFn, symbols};
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

extern crate qi_runtime as _;

/// The shared library: beside the tests if cargo built it for the tests alone, else one folder up.
fn library() -> PathBuf {
    let exe = std::env::current_exe().expect("a test binary");
    let folder = exe.parent().expect("target/debug/deps");
    let name = if cfg!(target_os = "macos") { "libqi_runtime.dylib" } else { "libqi_runtime.so" };
    let beside = folder.join(name);
    if beside.exists() { beside } else { folder.parent().expect("target/debug").join(name) }
}

#[test]
fn every_symbol_is_defined() {
    let path = CString::new(library().as_os_str().as_bytes()).expect("no NUL in paths");
    // SAFETY: our own library; its initialisers do nothing.
    let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!handle.is_null(), "cannot load {path:?}");
    let mut wanted: Vec<String> = Vec::new();
    for function in RuntimeFn::ALL {
        wanted.push(function.symbol().into());
        if function.suspends() {
            wanted.push(format!("{}_finish", function.symbol()));
        }
    }
    wanted.extend(symbols::FAULT_TYPES.iter().map(|(_, symbol)| String::from(*symbol)));
    wanted.extend(symbols::ALL.iter().map(|symbol| String::from(*symbol)));
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|symbol| {
            let name = CString::new(symbol.as_str()).expect("no NUL in symbols");
            // SAFETY: a loaded library.
            unsafe { libc::dlsym(handle, name.as_ptr()) }.is_null()
        })
        .collect();
    assert!(missing.is_empty(), "not defined: {missing:?}");
}
