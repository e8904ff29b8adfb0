//! The census of live objects by type (`QI_LEAKS=1`). Costs one relaxed load per allocation while it is off.

use crate::types::text_of;
use core::sync::atomic::{AtomicBool, Ordering};
use qi_abi::TypeInfo;
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

static ENABLED: AtomicBool = AtomicBool::new(false);
static LIVE: Mutex<Option<HashMap<usize, i64>>> = Mutex::new(None);

/// Turns the census on if the environment asks for it; before the first allocation.
pub fn start() {
    if std::env::var_os("QI_LEAKS").is_some_and(|value| !value.is_empty() && value != "0") {
        enable();
    }
}

pub fn enable() {
    ENABLED.store(true, Ordering::Relaxed);
}

pub fn is_enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

#[inline]
pub fn born(info: *const TypeInfo) {
    if ENABLED.load(Ordering::Relaxed) {
        add(info, 1);
    }
}

#[inline]
pub fn died(info: *const TypeInfo) {
    if ENABLED.load(Ordering::Relaxed) {
        add(info, -1);
    }
}

#[cold]
fn add(info: *const TypeInfo, change: i64) {
    let mut live = LIVE.lock().expect("the census never panics");
    *live.get_or_insert_default().entry(info as usize).or_default() += change;
}

/// Lists what lives, by type name; None when nothing does or the census is off.
pub fn report() -> Option<String> {
    if !ENABLED.load(Ordering::Relaxed) {
        return None;
    }
    let mut by_name: BTreeMap<&str, i64> = BTreeMap::new();
    for (&info, &count) in LIVE.lock().expect("the census never panics").iter().flatten() {
        // SAFETY: descriptions are static.
        let name = text_of(unsafe { &(*(info as *const TypeInfo)).name });
        *by_name.entry(name).or_default() += count;
    }
    let parts: Vec<String> =
        by_name.iter().filter(|(_, count)| **count != 0).map(|(name, count)| format!("{name} {count} 个")).collect();
    if parts.is_empty() { None } else { Some(format!("泄漏：{}", parts.join("，"))) }
}
