//! Types that only the compiler names: faults by symbol, environments of closures.

use crate::context::Lower;
use qi_hir::{AdtId, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{Overrides, StructDef, TypeKind};

impl Lower<'_> {
    /// The fault type with this runtime description; made up if no declaration names it (关闭).
    pub fn fault_type(&mut self, symbol: &'static str) -> mir::Type {
        if let Some(id) = self.adt_by_intrinsic(symbol) {
            return self.ty(Ty::new(TyKind::Adt(id, Vec::new())));
        }
        let made = self.module.types.structs.iter().find(|(_, it)| it.runtime_info == Some(symbol)).map(|it| it.0);
        let id = made.unwrap_or_else(|| {
            let names = qi_abi::symbols::FAULT_TYPES;
            let name = names.iter().find(|it| it.1 == symbol).map_or(symbol, |it| it.0);
            let text = self.module.types.str();
            self.module.types.structs.push(StructDef {
                name: name.to_owned(),
                fields: vec![mir::Field { name: "文".to_owned(), ty: text }],
                display: mir::Display::Named,
                runtime_info: Some(symbol),
                overrides: Overrides::default(),
            })
        });
        self.module.types.intern(TypeKind::Struct(id))
    }

    pub fn adt_by_intrinsic(&self, name: &str) -> Option<AdtId> {
        self.program.adts.iter().find(|(_, it)| it.intrinsic.as_deref() == Some(name)).map(|it| it.0)
    }

    /// The box of what a closure captured; unit when it captured nothing.
    pub fn environment_type(&mut self, name: &str, parts: &[(String, mir::Type)]) -> mir::Type {
        if parts.is_empty() {
            return self.module.types.unit();
        }
        let fields = parts.iter().map(|(name, ty)| mir::Field { name: name.clone(), ty: *ty }).collect();
        let id = self.module.types.structs.push(StructDef {
            name: format!("捕获 {name}"),
            fields,
            display: mir::Display::Named,
            runtime_info: None,
            overrides: Overrides::default(),
        });
        let content = self.module.types.intern(TypeKind::Struct(id));
        self.module.types.intern(TypeKind::Box(content))
    }
}
