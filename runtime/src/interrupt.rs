//! What a program has printed is not lost when a signal ends it. The monitor takes SIGINT over once there are tasks to
//! cancel.

use crate::input_output;
use core::mem::zeroed;
use core::ptr;

/// Where nobody has said yet what the signals do, they flush before they end the program.
pub fn flush_when_ended() {
    // SAFETY: fully initialised actions.
    unsafe {
        let mut action: libc::sigaction = zeroed();
        action.sa_sigaction = flush_and_end as *const () as usize;
        // The second one ends it at once, say while nobody reads what the first one flushes.
        action.sa_flags = libc::SA_RESETHAND | libc::SA_NODEFER;
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
            if is_free(signal) {
                libc::sigaction(signal, &action, ptr::null_mut());
            }
        }
    }
}

/// Whether the program may take over the signal: neither a shell that starts it in the background nor a host has.
pub fn is_free(signal: libc::c_int) -> bool {
    // SAFETY: a live place.
    let now = unsafe {
        let mut now: libc::sigaction = zeroed();
        libc::sigaction(signal, ptr::null(), &mut now);
        now.sa_sigaction
    };
    now == libc::SIG_DFL || now == flush_and_end as *const () as usize
}

extern "C" fn flush_and_end(signal: libc::c_int) {
    input_output::flush_in_signal();
    // SAFETY: async-signal-safe; the action is the default one again.
    unsafe { libc::raise(signal) };
}
