//! Standard output, error and the last words of a program. Output is buffered; every call writes its text in one piece.
//! The buffer is flushed at exit, when it is full, at each line on a terminal, before input is awaited and when all tasks wait.

use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use qi_abi::Str;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::string::text;

const FULL: usize = 32 << 10;

static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());
/// 0 unknown, 1 a terminal, 2 not.
static TERMINAL: AtomicU8 = AtomicU8::new(0);

/// A reader that is gone does not end the program.
static OUTLIVES_READER: AtomicBool = AtomicBool::new(false);

fn lock() -> MutexGuard<'static, Vec<u8>> {
    BUFFER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_terminal() -> bool {
    match TERMINAL.load(Ordering::Relaxed) {
        0 => {
            // SAFETY: a plain query.
            let terminal = unsafe { libc::isatty(1) } == 1;
            TERMINAL.store(if terminal { 1 } else { 2 }, Ordering::Relaxed);
            terminal
        }
        known => known == 1,
    }
}

fn write(parts: &[&[u8]], ends_line: bool) {
    let mut buffer = lock();
    for part in parts {
        buffer.extend_from_slice(part);
    }
    if buffer.len() >= FULL || (ends_line && is_terminal()) {
        drain(&mut buffer);
    }
}

fn drain(buffer: &mut Vec<u8>) {
    let mut rest = buffer.as_slice();
    while !rest.is_empty() {
        // SAFETY: a live buffer of that length.
        let written = unsafe { libc::write(1, rest.as_ptr().cast(), rest.len()) };
        if written >= 0 {
            rest = &rest[written as usize..];
            continue;
        }
        match std::io::Error::last_os_error().raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::EAGAIN) => wait_writable(),
            // The reader is gone: nobody wants the rest of this program's output.
            // SAFETY: ends the process at once.
            Some(libc::EPIPE) if !OUTLIVES_READER.load(Ordering::Relaxed) => unsafe { libc::_exit(0) },
            _ => break,
        }
    }
    buffer.clear();
}

fn wait_writable() {
    let mut interest = libc::pollfd { fd: 1, events: libc::POLLOUT, revents: 0 };
    // SAFETY: one live entry.
    unsafe { libc::poll(&mut interest, 1, -1) };
}

/// From here on, output that nobody reads is dropped: the program still has to clean up.
pub fn outlive_reader() {
    OUTLIVES_READER.store(true, Ordering::Relaxed);
}

pub fn flush() {
    drain(&mut lock());
}

/// As `flush`, but gives up when another thread holds the buffer.
pub fn flush_in_signal() {
    if let Ok(mut buffer) = BUFFER.try_lock() {
        drain(&mut buffer);
    }
}

/// Writes a text and a line break in one piece.
pub fn print_line(line: &str) {
    write(&[line.as_bytes(), b"\n"], true);
}

/// Writes to standard error, unbuffered.
pub fn write_error(text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        // SAFETY: a live buffer of that length.
        let written = unsafe { libc::write(2, rest.as_ptr().cast(), rest.len()) };
        if written > 0 {
            rest = &rest[written as usize..];
        } else if std::io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) {
            return;
        }
    }
}

/// Ends the program with a message: for faults that cannot be caught.
#[cold]
pub fn die(code: i32, message: &str) -> ! {
    flush_in_signal();
    // Piece by piece: there may be no memory to put them together.
    for part in ["错误：", message, "\n"] {
        write_error(part);
    }
    // SAFETY: ends the process at once; other threads may be anywhere.
    unsafe { libc::_exit(code) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_print_line(line: *const Str) {
    // SAFETY: contract.
    write(&[unsafe { text(&*line) }.as_bytes(), b"\n"], true);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_print(part: *const Str) {
    // SAFETY: contract.
    let part = unsafe { text(&*part) };
    write(&[part.as_bytes()], part.contains('\n'));
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_print_error(part: *const Str) {
    // SAFETY: contract.
    write_error(unsafe { text(&*part) });
}
