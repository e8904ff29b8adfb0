//! The runtime's own type descriptions: 字符串, the faults, and the handles with their destructors.

use crate::memory::Worklist;
use qi_abi::{FieldInfo, Header, StaticText, Str, TypeInfo, TypeKind, type_flags};

/// Description of a runtime object with identity. `Header::info` of every `TypeKind::Handle` object points to the `info` of one.
#[repr(C)]
pub struct HandleType {
    pub info: TypeInfo,
    /// Frees the object's parts and memory; runs when the last reference is gone.
    pub destroy: unsafe fn(*mut Header, &mut Worklist),
}

impl HandleType {
    pub const fn new(name: &'static str, destroy: unsafe fn(*mut Header, &mut Worklist)) -> Self {
        Self { info: TypeInfo::plain(TypeKind::Handle, type_flags::COUNTED, 8, name), destroy }
    }
}

/// A static text of a description. Descriptions come from the compiler or from this file, so they are UTF-8.
pub fn text_of(text: &StaticText) -> &'static str {
    if text.len == 0 {
        return "";
    }
    // SAFETY: contract: `data` points to `len` bytes of UTF-8 that live as long as the program.
    unsafe { core::str::from_utf8_unchecked(core::slice::from_raw_parts(text.data, text.len as usize)) }
}

/// A type's name without type arguments, as values print it.
pub fn short_name(info: &TypeInfo) -> &'static str {
    let name = text_of(&info.name);
    &name[..name.find('<').unwrap_or(name.len())]
}

pub fn fields(info: &TypeInfo) -> &'static [FieldInfo] {
    slice(info.fields, info.n_fields as usize)
}

/// The fields of a variant and its name.
pub fn variant(info: &TypeInfo, tag: u32) -> (&'static str, &'static [FieldInfo]) {
    debug_assert!(tag < info.n_variants);
    // SAFETY: contract: a value's tag is below the number of variants.
    let variant = unsafe { &*info.variants.add(tag as usize) };
    (text_of(&variant.name), slice(variant.fields, variant.n_fields as usize))
}

/// Which variant the enum at `place` is.
///
/// # Safety
/// `place` holds a value of the described enum.
pub unsafe fn tag(place: *const u8, info: &TypeInfo) -> u32 {
    if info.flags & type_flags::NICHE == 0 {
        // SAFETY: contract: the value starts with its tag.
        return unsafe { place.cast::<u32>().read() };
    }
    let full = u32::from(variant(info, 0).1.is_empty());
    let mut fields = variant(info, full).1.iter();
    let first_box = fields.find(|field| field_info(field).kind == TypeKind::Box);
    let offset = first_box.expect("a box among the fields").offset as usize;
    // SAFETY: the box lies inside the value.
    let empty = unsafe { place.add(offset).cast::<*const Header>().read().is_null() };
    if empty { 1 - full } else { full }
}

pub fn elem(info: &TypeInfo) -> &'static TypeInfo {
    debug_assert!(!info.elem.is_null());
    // SAFETY: contract: arrays, boxes and cells have a static element description.
    unsafe { &*info.elem }
}

pub fn field_info(field: &FieldInfo) -> &'static TypeInfo {
    // SAFETY: contract: field descriptions point to static type descriptions.
    unsafe { &*field.info }
}

/// Distance of consecutive array elements.
pub fn stride(elem: &TypeInfo) -> usize {
    (elem.size as usize).next_multiple_of(elem.align.max(1) as usize)
}

pub fn is_counted(info: &TypeInfo) -> bool {
    info.flags & type_flags::COUNTED != 0
}

/// Whether a value of the type may have parts that cannot leave their task: only then can sharing it fail.
pub fn may_be_confined(info: &TypeInfo) -> bool {
    info.flags & (type_flags::OPAQUE | type_flags::CONFINED) != 0 || info.kind == TypeKind::Error
}

fn slice<T>(data: *const T, len: usize) -> &'static [T] {
    if len == 0 {
        return &[];
    }
    // SAFETY: contract: tables of a description hold as many entries as it says and are static.
    unsafe { core::slice::from_raw_parts(data, len) }
}

#[unsafe(no_mangle)]
pub static qi_type_string: TypeInfo =
    TypeInfo::plain(TypeKind::Str, type_flags::COUNTED, size_of::<Str>() as u32, "字符串");

/// Objects of the type 任意 错误.
pub static ERROR: TypeInfo = TypeInfo::plain(TypeKind::Error, type_flags::COUNTED, 8, "错误");

static MESSAGE_FIELD: FieldInfo =
    FieldInfo { name: StaticText::new("文"), info: &raw const qi_type_string, offset: 0 };

const fn fault(name: &'static str) -> TypeInfo {
    let mut info =
        TypeInfo::plain(TypeKind::Struct, type_flags::COUNTED | type_flags::FAULT, size_of::<Str>() as u32, name);
    info.fields = &raw const MESSAGE_FIELD;
    info.n_fields = 1;
    info
}

macro_rules! faults {
    ($($symbol:ident $name:literal;)*) => {
        $(
            #[unsafe(no_mangle)]
            pub static $symbol: TypeInfo = fault($name);
        )*

        #[cfg(test)]
        const FAULTS: &[(&str, &str)] = &[$(($name, stringify!($symbol)),)*];
    };
}

faults! {
    qi_type_fault_overflow "溢出";
    qi_type_fault_index "越界";
    qi_type_fault_divide "除零";
    qi_type_fault_null "空值";
    qi_type_fault_missing_key "缺键";
    qi_type_fault_conversion "转换错误";
    qi_type_fault_assert "断言失败";
    qi_type_fault_timeout "超时";
    qi_type_fault_channel_closed "通道关闭";
    qi_type_fault_task_cancelled "任务取消";
    qi_type_fault_stack_overflow "栈溢出";
    qi_type_fault_cancelled "取消";
    qi_type_fault_generator_closed "关闭";
    qi_type_fault_file "文件错误";
    qi_type_fault_network "网络错误";
    qi_type_fault_reentry "重入";
    qi_type_fault_unshareable "不可共享";
}

#[cfg(test)]
mod tests {
    #[test]
    fn faults_match_the_contract() {
        assert_eq!(super::FAULTS, qi_abi::symbols::FAULT_TYPES);
    }
}
