//! DWARF: subprograms, lines, and variables in slots and parameters. Variables are declared before coroutines are split,
//! so LLVM rewrites their places to frame offsets.

use crate::Options;
use crate::function::Body;
use crate::ir::Ir;
use inkwell::context::Context;
use inkwell::debug_info::{
    AsDIScope, DICompileUnit, DIFile, DIFlags, DIFlagsConstants, DISubprogram, DIType, DWARFEmissionKind,
    DWARFSourceLanguage, DebugInfoBuilder,
};
use inkwell::module::{FlagBehavior, Module};
use inkwell::values::{BasicValueEnum, FunctionValue};
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
        Self { ctx, builder, unit, files: RefCell::default(), types: RefCell::default(), optimized }
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

    /// Declares the named slots; parameters that live in registers get a place of their own.
    pub fn variables(&self, body: &Body<'_, 'c, '_>, args: &[BasicValueEnum<'c>]) {
        let (Some(subprogram), Some(site)) = (body.llvm.get_subprogram(), body.func.site) else { return };
        let site = &body.cg.mir.sites[site];
        let file = self.file(&site.file);
        let location = self.builder.create_debug_location(
            self.ctx,
            site.line,
            site.column,
            subprogram.as_debug_info_scope(),
            None,
        );
        let block = body.ir.block();
        for (slot, data) in body.func.slots.iter() {
            if data.name.is_empty() {
                continue;
            }
            let Some(ty) = self.ty(body, data.ty) else { continue };
            let variable = self.builder.create_auto_variable(
                subprogram.as_debug_info_scope(),
                &data.name,
                file,
                site.line,
                ty,
                true,
                DIFlags::ZERO,
                0,
            );
            self.builder.insert_declare_at_end(body.named_slots()[slot.index()], Some(variable), None, location, block);
        }
        if !self.optimized {
            self.parameters(body, args, subprogram, file, site.line);
        }
    }

    fn parameters(
        &self,
        body: &Body<'_, 'c, '_>,
        args: &[BasicValueEnum<'c>],
        subprogram: DISubprogram<'c>,
        file: DIFile<'c>,
        line: u32,
    ) {
        let scope = subprogram.as_debug_info_scope();
        let location = self.builder.create_debug_location(self.ctx, line, 1, scope, None);
        for (index, (param, value)) in body.func.params.iter().zip(args).enumerate() {
            let Some(ty) = self.ty(body, param.ty) else { continue };
            if param.name.is_empty() {
                continue;
            }
            let place = crate::glue::entry_alloca(&body.ir, value.get_type(), &param.name);
            body.ir.store(place, *value);
            let number = index as u32 + 1;
            let variable =
                self.builder.create_parameter_variable(scope, &param.name, number, file, line, ty, true, DIFlags::ZERO);
            self.builder.insert_declare_at_end(place, Some(variable), None, location, body.ir.block());
        }
    }

    /// Scalars and opaque words; structures are described by their fields.
    fn ty(&self, body: &Body<'_, 'c, '_>, ty: Type) -> Option<DIType<'c>> {
        if let Some(known) = self.types.borrow().get(&ty) {
            return Some(*known);
        }
        let name = body.cg.type_name(ty);
        let bits = body.cg.size_of_type(ty) * 8;
        let encoding = match body.cg.mir.types.kind(ty) {
            TypeKind::Unit => return None,
            TypeKind::Bool => BOOLEAN,
            TypeKind::Char => UTF,
            TypeKind::Float { .. } => FLOAT,
            TypeKind::Int { signed: true, .. } => SIGNED,
            // Aggregates show as raw words until the debugger's printers know them.
            _ => UNSIGNED,
        };
        let made = self.builder.create_basic_type(&name, bits, encoding, DIFlags::PUBLIC).ok()?.as_type();
        self.types.borrow_mut().insert(ty, made);
        Some(made)
    }
}

fn split(path: &str) -> (&str, &str) {
    let path = Path::new(path);
    let folder = path.parent().and_then(Path::to_str).filter(|it| !it.is_empty()).unwrap_or(".");
    (folder, path.file_name().and_then(|it| it.to_str()).unwrap_or("<qi>"))
}
