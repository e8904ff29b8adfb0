//! DWARF: subprograms, lines, and variables in slots and parameters. Variables are declared before coroutines are split,
//! so LLVM rewrites their places to frame offsets.

use crate::Options;
use crate::function::Body;
use crate::ir::Ir;
use inkwell::context::Context;
use inkwell::debug_info::{
    AsDIScope, DICompileUnit, DIFile, DIFlags, DIFlagsConstants, DIType, DWARFEmissionKind, DWARFSourceLanguage,
    DebugInfoBuilder,
};
use inkwell::llvm_sys::debuginfo::LLVMDIBuilderInsertDeclareRecordAtEnd;
use inkwell::module::{FlagBehavior, Module};
use inkwell::types::BasicTypeEnum;
use inkwell::values::{AsValueRef, BasicValueEnum, FunctionValue, PointerValue};
use qi_base::Id;
use qi_mir::{SiteId, Type, TypeKind};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

/// DWARF encodings.
const BOOLEAN: u32 = 0x02;
const FLOAT: u32 = 0x04;
const SIGNED: u32 = 0x05;
const UNSIGNED: u32 = 0x07;
const UTF: u32 = 0x10;
const DWARF_VERSION: u64 = 4;
/// `LLVMDebugMetadataVersion()`.
const METADATA_VERSION: u64 = 3;

pub struct DebugInfo<'c> {
    ctx: &'c Context,
    builder: DebugInfoBuilder<'c>,
    unit: DICompileUnit<'c>,
    files: RefCell<HashMap<String, DIFile<'c>>>,
    types: RefCell<HashMap<Type, DIType<'c>>>,
    /// Places of named values of the function being built.
    shadows: RefCell<HashMap<(String, Type), PointerValue<'c>>>,
    optimized: bool,
}

impl<'c> DebugInfo<'c> {
    pub fn new(ctx: &'c Context, llvm: &Module<'c>, mir: &qi_mir::Module, options: &Options) -> Self {
        let flag = |value| ctx.i32_type().const_int(value, false);
        llvm.add_basic_value_flag("Debug Info Version", FlagBehavior::Warning, flag(METADATA_VERSION));
        llvm.add_basic_value_flag("Dwarf Version", FlagBehavior::Warning, flag(DWARF_VERSION));
        let main = mir.sites.values().next().map_or("", |it| it.file.as_str());
        let (folder, name) = split(main);
        let optimized = options.opt_level > 0;
        let (builder, unit) = llvm.create_debug_info_builder(
            true,
            // C++ makes LLVM describe coroutine frames as well.
            DWARFSourceLanguage::CPlusPlus14,
            name,
            folder,
            "qic",
            optimized,
            "",
            0,
            "",
            DWARFEmissionKind::Full,
            0,
            false,
            false,
            "",
            "",
        );
        Self {
            ctx,
            builder,
            unit,
            files: RefCell::default(),
            types: RefCell::default(),
            shadows: RefCell::default(),
            optimized,
        }
    }

    pub fn finish(&self) {
        self.builder.finalize();
    }

    fn file(&self, path: &str) -> DIFile<'c> {
        if let Some(known) = self.files.borrow().get(path) {
            return *known;
        }
        let (folder, name) = split(path);
        let file = self.builder.create_file(name, folder);
        self.files.borrow_mut().insert(path.to_owned(), file);
        file
    }

    /// Attaches a subprogram to a function with a site.
    pub fn enter(&self, mir: &qi_mir::Module, func: &qi_mir::Function, llvm: FunctionValue<'c>) {
        let Some(site) = func.site else { return };
        let site = &mir.sites[site];
        let file = self.file(&site.file);
        let ty = self.builder.create_subroutine_type(file, None, &[], DIFlags::PUBLIC);
        let linkage = llvm.get_name().to_str().ok();
        let subprogram = self.builder.create_function(
            self.unit.as_debug_info_scope(),
            &func.name,
            linkage,
            file,
            site.line,
            ty,
            true,
            true,
            site.line,
            DIFlags::PUBLIC,
            self.optimized,
        );
        llvm.set_subprogram(subprogram);
    }

    /// Makes the following instructions belong to a source position. Calls inside a function with a subprogram must have
    /// one, so the function's own position stands in for none.
    pub fn locate(
        &self,
        ir: &Ir<'c>,
        mir: &qi_mir::Module,
        llvm: FunctionValue<'c>,
        site: Option<SiteId>,
        own: Option<SiteId>,
    ) {
        let (Some(subprogram), Some(site)) = (llvm.get_subprogram(), site.or(own)) else {
            ir.builder.unset_current_debug_location();
            return;
        };
        let site = &mir.sites[site];
        let scope = subprogram.as_debug_info_scope();
        let location = self.builder.create_debug_location(self.ctx, site.line, site.column, scope, None);
        ir.builder.set_current_debug_location(location);
    }

    /// The following instructions stand for no line: nobody wants to stop in a fault that does not happen.
    pub fn locate_nowhere(&self, ir: &Ir<'c>, llvm: FunctionValue<'c>) {
        if let Some(subprogram) = llvm.get_subprogram() {
            let scope = subprogram.as_debug_info_scope();
            ir.builder.set_current_debug_location(self.builder.create_debug_location(self.ctx, 0, 0, scope, None));
        }
    }

    /// Declares the named slots and, where nothing is optimised, the parameters.
    pub fn variables(&self, body: &Body<'_, 'c, '_>, args: &[BasicValueEnum<'c>]) {
        self.shadows.borrow_mut().clear();
        for (slot, data) in body.func.slots.iter() {
            if !data.name.is_empty() {
                self.declare(body, &data.name, data.ty, body.named_slots()[slot.index()], None);
            }
        }
        if self.optimized {
            return;
        }
        for (index, (param, value)) in body.func.params.iter().zip(args).enumerate() {
            if !param.name.is_empty() && !body.cg.is_unit(param.ty) {
                let place = self.shadow_place(body, value.get_type());
                body.ir.store(place, *value);
                self.shadows.borrow_mut().insert((param.name.clone(), param.ty), place);
                self.declare(body, &param.name, param.ty, place, Some(index as u32 + 1));
            }
        }
    }

    /// A named value that lives in a register gets a place where the debugger finds it.
    pub fn value(&self, body: &Body<'_, 'c, '_>, name: &str, ty: Type, value: BasicValueEnum<'c>) {
        if self.optimized || body.llvm.get_subprogram().is_none() || body.cg.is_unit(ty) {
            return;
        }
        let key = (name.to_owned(), ty);
        let known = self.shadows.borrow().get(&key).copied();
        let place = known.unwrap_or_else(|| {
            let place = self.shadow_place(body, value.get_type());
            self.declare(body, name, ty, place, None);
            self.shadows.borrow_mut().insert(key, place);
            place
        });
        body.ir.store(place, value);
    }

    /// Memory that a coroutine keeps in its frame: its address escapes to an empty piece of assembly.
    fn shadow_place(&self, body: &Body<'_, 'c, '_>, ty: BasicTypeEnum<'c>) -> PointerValue<'c> {
        let place = crate::glue::entry_alloca(&body.ir, ty, "");
        if body.frame.is_some() {
            let signature = self.ctx.void_type().fn_type(&[body.cg.ptr_type().into()], false);
            let nothing =
                self.ctx.create_inline_asm(signature, String::new(), "r".to_owned(), true, false, None, false);
            body.ir.pointer_call(signature, nothing, &[place.into()]);
        }
        place
    }

    /// Tells where a variable is; `number` of a parameter.
    fn declare(&self, body: &Body<'_, 'c, '_>, name: &str, ty: Type, place: PointerValue<'c>, number: Option<u32>) {
        let (Some(subprogram), Some(site)) = (body.llvm.get_subprogram(), body.func.site) else { return };
        let Some(ty) = self.ty(body, ty) else { return };
        let site = &body.cg.mir.sites[site];
        let (file, scope) = (self.file(&site.file), subprogram.as_debug_info_scope());
        let location = self.builder.create_debug_location(self.ctx, site.line, site.column, scope, None);
        let flags = DIFlags::ZERO;
        let variable = match number {
            Some(number) => {
                self.builder.create_parameter_variable(scope, name, number, file, site.line, ty, true, flags)
            }
            None => self.builder.create_auto_variable(scope, name, file, site.line, ty, true, flags, 0),
        };
        let expression = self.builder.create_expression(Vec::new());
        // inkwell takes the record that LLVM gives back for an instruction, which may be anything but one.
        // SAFETY: all operands are live values of this module's context; the record belongs to the block and is not used here.
        unsafe {
            LLVMDIBuilderInsertDeclareRecordAtEnd(
                self.builder.as_mut_ptr(),
                place.as_value_ref(),
                variable.as_mut_ptr(),
                expression.as_mut_ptr(),
                location.as_mut_ptr(),
                body.ir.block().as_mut_ptr(),
            );
        }
    }

    /// Scalars by their meaning, structs by their fields, references as words.
    fn ty(&self, body: &Body<'_, 'c, '_>, ty: Type) -> Option<DIType<'c>> {
        if let Some(known) = self.types.borrow().get(&ty) {
            return Some(*known);
        }
        let types = &body.cg.mir.types;
        let made = match types.kind(ty) {
            TypeKind::Unit => return None,
            TypeKind::Bool => self.basic(body, ty, BOOLEAN)?,
            TypeKind::Char => self.basic(body, ty, UTF)?,
            TypeKind::Float { .. } => self.basic(body, ty, FLOAT)?,
            TypeKind::Int { signed: true, .. } => self.basic(body, ty, SIGNED)?,
            TypeKind::Struct(id) => self.strukt(body, ty, &types.structs[*id].fields),
            _ => self.basic(body, ty, UNSIGNED)?,
        };
        self.types.borrow_mut().insert(ty, made);
        Some(made)
    }

    fn basic(&self, body: &Body<'_, 'c, '_>, ty: Type, encoding: u32) -> Option<DIType<'c>> {
        let bits = body.cg.size_of_type(ty) * 8;
        let made = self.builder.create_basic_type(&body.cg.type_name(ty), bits, encoding, DIFlags::PUBLIC);
        made.ok().map(|it| it.as_type())
    }

    fn strukt(&self, body: &Body<'_, 'c, '_>, ty: Type, fields: &[qi_mir::Field]) -> DIType<'c> {
        let layout = body.cg.memory_type(ty).into_struct_type();
        let (scope, file) = (self.unit.as_debug_info_scope(), self.unit.get_file());
        let mut members = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let Some(of) = self.ty(body, field.ty) else { continue };
            let memory = body.cg.memory_type(field.ty);
            let (size, align) = (body.cg.size_of(memory) * 8, body.cg.align_of(memory) * 8);
            let offset = body.cg.offset_of(layout, index as u32) * 8;
            // The fields of tuples have no name.
            let name = if field.name.is_empty() { format!("_{index}") } else { field.name.clone() };
            let flags = DIFlags::PUBLIC;
            let member = self.builder.create_member_type(scope, &name, file, 0, size, align, offset, flags, of);
            members.push(member.as_type());
        }
        let (size, align) = (body.cg.size_of(layout) * 8, body.cg.align_of(layout) * 8);
        let name = body.cg.type_name(ty);
        let flags = DIFlags::PUBLIC;
        let made =
            self.builder.create_struct_type(scope, &name, file, 0, size, align, flags, None, &members, 0, None, "");
        made.as_type()
    }
}

fn split(path: &str) -> (&str, &str) {
    let path = Path::new(path);
    let folder = path.parent().and_then(Path::to_str).filter(|it| !it.is_empty()).unwrap_or(".");
    (folder, path.file_name().and_then(|it| it.to_str()).unwrap_or("<qi>"))
}
