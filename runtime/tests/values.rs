//! Values by description: printing, comparing, hashing, sharing and freeing, also very deep ones.

#[expect(dead_code, reason = "uses a part of it")]
mod support;

use qi_abi::*;
use std::ptr;
use support::*;

unsafe extern "C" {
    fn qi_box_new(info: *const TypeInfo) -> *mut BoxObject;
    fn qi_box_unique(place: *mut *mut BoxObject);
    fn qi_array_new(info: *const TypeInfo, capacity: i64) -> *mut ArrayObject;
    fn qi_array_reserve(info: *const TypeInfo, place: *mut *mut ArrayObject, extra: i64);
    fn qi_array_insert(
        info: *const TypeInfo,
        place: *mut *mut ArrayObject,
        index: i64,
        value: *mut u8,
        site: *const Site,
    ) -> *mut Error;
    fn qi_array_append(info: *const TypeInfo, place: *mut *mut ArrayObject, tail: *const ArrayObject);
    fn qi_value_debug_text(out: *mut Str, info: *const TypeInfo, place: *const u8) -> *mut Error;
    fn qi_value_text(out: *mut Str, info: *const TypeInfo, place: *const u8) -> *mut Error;
    fn qi_value_equal(out: *mut u8, info: *const TypeInfo, a: *const u8, b: *const u8) -> *mut Error;
    fn qi_value_compare(out: *mut i64, info: *const TypeInfo, a: *const u8, b: *const u8) -> *mut Error;
    fn qi_value_hash(out: *mut i64, info: *const TypeInfo, value: *const u8) -> *mut Error;
    fn qi_value_retain(place: *const u8, info: *const TypeInfo);
    fn qi_value_share(place: *mut u8, info: *const TypeInfo) -> *mut Error;
    fn qi_value_immortalize(place: *mut u8, info: *const TypeInfo);
    fn qi_fault_missing_key(info: *const TypeInfo, key: *const u8, site: *const Site) -> *mut Error;
    static qi_type_fault_unshareable: TypeInfo;
}

const fn field(title: &'static str, info: *const TypeInfo, offset: u64) -> FieldInfo {
    FieldInfo { name: StaticText::new(title), info, offset }
}

use type_flags::{COUNTED, NICHE, TUPLE};

static FLOAT: TypeInfo = TypeInfo::plain(TypeKind::Float, 0, 8, "浮点数");
static BOOL: TypeInfo = TypeInfo::plain(TypeKind::Bool, 0, 1, "布尔");
static UNIT: TypeInfo = TypeInfo::plain(TypeKind::Unit, 0, 0, "空");

// 类型 点 { 横: 浮点数, 名: 字符串 }
#[repr(C)]
struct Point {
    across: f64,
    title: Str,
}
static POINT_FIELDS: [FieldInfo; 2] = [field("横", &raw const FLOAT, 0), field("名", &raw const qi_type_string, 8)];
static POINT: TypeInfo = TypeInfo {
    fields: POINT_FIELDS.as_ptr(),
    n_fields: 2,
    ..TypeInfo::plain(TypeKind::Struct, COUNTED, 24, "点<整数>")
};

// 选项<节点>: 无, 有(盒<节点>) with 类型 节点 { 值: 整数, 下: 节点? }; no box is 无
#[repr(C)]
#[derive(Clone, Copy)]
struct MaybeNode(*mut BoxObject);
#[repr(C)]
struct Node2 {
    value: i64,
    next: MaybeNode,
}
static SOME_FIELDS: [FieldInfo; 1] = [field("", &raw const NODE_BOX, 0)];
static MAYBE_VARIANTS: [VariantInfo; 2] = [
    VariantInfo { name: StaticText::new("无"), fields: ptr::null(), n_fields: 0 },
    VariantInfo { name: StaticText::new("有"), fields: SOME_FIELDS.as_ptr(), n_fields: 1 },
];
static MAYBE: TypeInfo = TypeInfo {
    variants: MAYBE_VARIANTS.as_ptr(),
    n_variants: 2,
    ..TypeInfo::plain(TypeKind::Enum, COUNTED | NICHE, 8, "选项<节点>")
};
static NODE_FIELDS: [FieldInfo; 2] = [field("值", &raw const INT, 0), field("下", &raw const MAYBE, 8)];
static NODE: TypeInfo =
    TypeInfo { fields: NODE_FIELDS.as_ptr(), n_fields: 2, ..TypeInfo::plain(TypeKind::Struct, COUNTED, 16, "节点") };
static NODE_BOX: TypeInfo =
    TypeInfo { elem: &raw const NODE, ..TypeInfo::plain(TypeKind::Box, COUNTED, 8, "盒<节点>") };

// 形: 圆(浮点数), 名(字符串)
#[repr(C)]
struct Shape<T> {
    tag: u32,
    payload: T,
}
static CIRCLE_FIELDS: [FieldInfo; 1] = [field("", &raw const FLOAT, 8)];
static TITLE_FIELDS: [FieldInfo; 1] = [field("", &raw const qi_type_string, 8)];
static SHAPE_VARIANTS: [VariantInfo; 2] = [
    VariantInfo { name: StaticText::new("圆"), fields: CIRCLE_FIELDS.as_ptr(), n_fields: 1 },
    VariantInfo { name: StaticText::new("名"), fields: TITLE_FIELDS.as_ptr(), n_fields: 1 },
];
static SHAPE: TypeInfo =
    TypeInfo {
        variants: SHAPE_VARIANTS.as_ptr(), n_variants: 2, ..TypeInfo::plain(TypeKind::Enum, COUNTED, 24, "形")
    };

// 字典<字符串, 整数>
#[repr(C)]
struct Entry {
    hash: i64,
    key: Str,
    value: i64,
}
#[repr(C)]
struct Map {
    index: *mut ArrayObject,
    entries: *mut ArrayObject,
    alive: i64,
}
static ENTRY_FIELDS: [FieldInfo; 3] =
    [field("", &raw const INT, 0), field("", &raw const qi_type_string, 8), field("", &raw const INT, 24)];
static ENTRY: TypeInfo = TypeInfo {
    fields: ENTRY_FIELDS.as_ptr(),
    n_fields: 3,
    ..TypeInfo::plain(TypeKind::Struct, COUNTED | TUPLE, 32, "条目")
};
static SET_ENTRY_FIELDS: [FieldInfo; 3] =
    [field("", &raw const INT, 0), field("", &raw const qi_type_string, 8), field("", &raw const UNIT, 24)];
static SET_ENTRY: TypeInfo = TypeInfo { fields: SET_ENTRY_FIELDS.as_ptr(), n_fields: 3, ..copy(&ENTRY) };
static ENTRIES: TypeInfo =
    TypeInfo { elem: &raw const ENTRY, ..TypeInfo::plain(TypeKind::Array, COUNTED, 8, "数组<条目>") };
static SET_ENTRIES: TypeInfo =
    TypeInfo { elem: &raw const SET_ENTRY, ..TypeInfo::plain(TypeKind::Array, COUNTED, 8, "数组<条目>") };
static INDEX: TypeInfo =
    TypeInfo { elem: &raw const INT, ..TypeInfo::plain(TypeKind::Array, COUNTED, 8, "数组<整数>") };
static MAP_FIELDS: [FieldInfo; 3] =
    [field("索引", &raw const INDEX, 0), field("条目", &raw const ENTRIES, 8), field("存活", &raw const INT, 16)];
static NOTHINGS_FIELDS: [FieldInfo; 3] =
    [field("索引", &raw const INDEX, 0), field("条目", &raw const SET_ENTRIES, 8), field("存活", &raw const INT, 16)];
static SET_FIELDS: [FieldInfo; 1] = [field("表", &raw const NOTHINGS, 0)];
static MAP: TypeInfo =
    TypeInfo { fields: MAP_FIELDS.as_ptr(), n_fields: 3, ..TypeInfo::plain(TypeKind::Map, COUNTED, 24, "字典") };
// 字典<字符串, 空>
static NOTHINGS: TypeInfo =
    TypeInfo { fields: NOTHINGS_FIELDS.as_ptr(), n_fields: 3, ..TypeInfo::plain(TypeKind::Map, COUNTED, 24, "字典") };
static SET: TypeInfo =
    TypeInfo { fields: SET_FIELDS.as_ptr(), n_fields: 1, ..TypeInfo::plain(TypeKind::Map, COUNTED, 24, "集合") };

const fn copy(from: &TypeInfo) -> TypeInfo {
    TypeInfo::plain(from.kind, from.flags, from.size, "条目")
}

fn text_of<T>(value: &T, info: *const TypeInfo) -> String {
    let mut out = Str::EMPTY;
    // SAFETY: the description fits the value.
    unsafe { assert!(qi_value_text(&mut out, info, ptr::from_ref(value).cast()).is_null()) };
    let text = read(&out);
    free(&mut out, &raw const qi_type_string);
    text
}

fn free<T>(value: &mut T, info: *const TypeInfo) {
    // SAFETY: an owned value of that type.
    unsafe { qi_value_release(ptr::from_mut(value).cast(), info) };
}

fn array_of<T>(info: *const TypeInfo, values: impl IntoIterator<Item = T>) -> *mut ArrayObject {
    // SAFETY: the description fits the elements, which move in.
    unsafe {
        let mut array = qi_array_new(info, 0);
        for value in values {
            let mut value = std::mem::ManuallyDrop::new(value);
            let len = (*array).len as i64;
            assert!(qi_array_insert(info, &mut array, len, (&raw mut value).cast(), ptr::null()).is_null());
        }
        array
    }
}

fn list(length: i64) -> MaybeNode {
    let mut head = MaybeNode(ptr::null_mut());
    for value in (0..length).rev() {
        // SAFETY: a fresh box of a node.
        unsafe {
            let boxed = qi_box_new(&raw const NODE_BOX);
            boxed.cast::<u8>().add(BOX_DATA).cast::<Node2>().write(Node2 { value, next: head });
            head = MaybeNode(boxed);
        }
    }
    head
}

#[test]
fn values_print_as_the_language_says() {
    let mut point = Point { across: 1.0, title: new_text("中\"心\n") };
    assert_eq!(text_of(&point, &raw const POINT), "点 { 横: 1.0, 名: \"中\\\"心\\n\" }");
    free(&mut point, &raw const POINT);
    let mut nodes = list(2);
    assert_eq!(text_of(&nodes, &raw const MAYBE), "有(节点 { 值: 0, 下: 有(节点 { 值: 1, 下: 无 }) })");
    free(&mut nodes, &raw const MAYBE);
    assert_eq!(text_of(&Shape { tag: 0, payload: 1.5 }, &raw const SHAPE), "圆(1.5)");
    let mut named = Shape { tag: 1, payload: new_text("甲乙丙丁戊己庚") };
    assert_eq!(text_of(&named, &raw const SHAPE), "名(\"甲乙丙丁戊己庚\")");
    free(&mut named, &raw const SHAPE);
    assert_eq!(text_of(&1u8, &raw const BOOL), "真");
    assert_eq!(text_of(&(), &raw const UNIT), "空");
    for (value, text) in [(0.1, "0.1"), (1e21, "1e21"), (-0.0, "-0.0"), (f64::NAN, "NaN"), (100.0, "100.0")] {
        assert_eq!(text_of(&value, &raw const FLOAT), text);
    }
}

#[test]
fn maps_and_sets_print_their_live_entries() {
    let entries = |hashes: [i64; 3]| {
        hashes.into_iter().zip(["甲", "乙", "丙"]).map(|(hash, key)| Entry {
            hash,
            key: new_text(key),
            value: hash * 10,
        })
    };
    let index = array_of::<i64>(&raw const INDEX, []);
    let mut map = Map { index, entries: array_of(&raw const ENTRIES, entries([1, -1, 3])), alive: 2 };
    assert_eq!(text_of(&map, &raw const MAP), "{\"甲\": 10, \"丙\": 30}");
    assert_eq!(text_of(&map, &raw const NOTHINGS), "{\"甲\": 空, \"丙\": 空}");
    assert_eq!(text_of(&map, &raw const SET), "{\"甲\", \"丙\"}");
    free(&mut map, &raw const MAP);
    let index = array_of::<i64>(&raw const INDEX, []);
    let mut empty = Map { index, entries: array_of(&raw const ENTRIES, entries([-1, -1, -1])), alive: 0 };
    assert_eq!(text_of(&empty, &raw const MAP), "{}");
    free(&mut empty, &raw const MAP);
}

#[test]
fn deep_values_are_handled_without_recursion() {
    const LENGTH: i64 = 1_000_000;
    let (mut a, mut b) = (list(LENGTH), list(LENGTH));
    let (pa, pb) = ((&raw mut a).cast::<u8>(), (&raw mut b).cast::<u8>());
    let (mut same, mut sign, mut hash_a, mut hash_b) = (0, 7, 1, 2);
    // SAFETY: two lists of the described type.
    unsafe {
        assert!(qi_value_equal(&mut same, &raw const MAYBE, pa, pb).is_null() && same == 1);
        assert!(qi_value_compare(&mut sign, &raw const MAYBE, pa, pb).is_null() && sign == 0);
        assert!(qi_value_hash(&mut hash_a, &raw const MAYBE, pa).is_null());
        assert!(qi_value_hash(&mut hash_b, &raw const MAYBE, pb).is_null());
        assert!(hash_a == hash_b && hash_a >= 0);
        let mut out = Str::EMPTY;
        assert!(qi_value_debug_text(&mut out, &raw const MAYBE, pa).is_null());
        assert!(read(&out).starts_with("有(节点 { 值: 0, 下: 有(节点 { 值: 1,"));
        free(&mut out, &raw const qi_type_string);
        assert!(qi_value_share(pa, &raw const MAYBE).is_null());
        free(&mut a, &raw const MAYBE);
        free(&mut b, &raw const MAYBE);
    }
}

#[test]
fn order_goes_by_fields_and_variants() {
    let (mut short, mut long) = (list(1), list(2));
    let compare = |a: &MaybeNode, b: &MaybeNode| {
        let mut sign = 7;
        // SAFETY: two values of the described type.
        unsafe {
            let (a, b) = (ptr::from_ref(a).cast(), ptr::from_ref(b).cast());
            assert!(qi_value_compare(&mut sign, &raw const MAYBE, a, b).is_null());
        }
        sign
    };
    assert_eq!((compare(&short, &long), compare(&long, &short), compare(&short, &short)), (-1, 1, 0));
    free(&mut short, &raw const MAYBE);
    free(&mut long, &raw const MAYBE);
}

#[test]
fn boxes_are_copied_when_shared_between_values() {
    let mut a = list(2);
    // SAFETY: a copy of the value.
    let mut b = unsafe {
        qi_value_retain((&raw const a).cast(), &raw const MAYBE);
        a
    };
    // SAFETY: the place of a box.
    unsafe {
        qi_box_unique(&mut b.0);
        assert_ne!(a.0, b.0);
        b.0.cast::<u8>().add(BOX_DATA).cast::<i64>().write(9);
    }
    assert!(text_of(&a, &raw const MAYBE).contains("值: 0") && text_of(&b, &raw const MAYBE).contains("值: 9"));
    free(&mut a, &raw const MAYBE);
    free(&mut b, &raw const MAYBE);
}

#[test]
fn an_array_appends_itself_and_copies_when_shared() {
    let mut array = array_of(&raw const INDEX, [1i64, 2, 3]);
    let place = &raw mut array;
    // SAFETY: the place of an array.
    unsafe {
        qi_array_append(&raw const INDEX, place, *place);
        assert_eq!(text_of(&*place, &raw const INDEX), "[1, 2, 3, 1, 2, 3]");
        qi_retain((*place).cast());
        let mut other = *place;
        qi_array_reserve(&raw const INDEX, place, 1);
        assert_ne!(other, *place);
        free(&mut other, &raw const INDEX);
        free(&mut *place, &raw const INDEX);
    }
}

#[test]
fn cells_cannot_be_shared() {
    static CELL: TypeInfo = TypeInfo { elem: &raw const INT, ..TypeInfo::plain(TypeKind::Cell, COUNTED, 8, "变量") };
    // SAFETY: a cell of a number.
    unsafe {
        let mut cell = qi_box_new(&raw const CELL);
        cell.cast::<u8>().add(BOX_DATA).cast::<i64>().write(5);
        let error = qi_value_share((&raw mut cell).cast(), &raw const CELL);
        assert!(is(error, &raw const qi_type_fault_unshareable));
        caught(error);
        free(&mut cell, &raw const CELL);
    }
}

#[test]
fn constants_become_immortal() {
    let mut value = list(3);
    // SAFETY: a value nobody else sees.
    unsafe {
        qi_value_immortalize((&raw mut value).cast(), &raw const MAYBE);
        let count = &(*value.0).header.count;
        assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 0);
    }
    free(&mut value, &raw const MAYBE);
    assert!(text_of(&value, &raw const MAYBE).contains("值: 2"));
}

#[test]
fn a_missing_key_is_named() {
    let mut key = new_text("丙");
    // SAFETY: a text.
    let error = unsafe { qi_fault_missing_key(&raw const qi_type_string, (&raw const key).cast(), ptr::null()) };
    assert_eq!(caught(error), "缺键：\"丙\"");
    free(&mut key, &raw const qi_type_string);
}
