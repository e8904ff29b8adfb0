//! 文本, 消息, 相等, 比较 and 散列值 run where no call names them: wherever values are printed, compared or looked up. They
//! must not change 自己, which belongs to somebody else; and what they do counts where they run.

use super::view::{BodyOwner, Root, View};
use crate::{
    AdtId, Callee, ExprId, ExprKind, FunctionId, IndexKind, Program, Signatures, TemplatePart, TraitId, Ty, TyKind,
    diagnostics,
};
use qi_base::Diagnostics;
use rustc_hash::{FxHashMap, FxHashSet};

/// Reports methods of fresh bodies that change 自己.
pub(super) fn check<'v>(fresh: impl Iterator<Item = &'v View<'v>>, diagnostics: &mut Diagnostics) {
    let mut known: Option<Protocols> = None;
    for view in fresh.filter(|it| !it.is_std()) {
        let BodyOwner::Function(id) = view.owner else { continue };
        let find = || Protocols::find(view.program, view.signatures);
        if view.mutating.contains(&id) && known.get_or_insert_with(find).all.contains(&id) {
            report(view, id, diagnostics);
        }
    }
}

/// The implementations whose methods operators and the runtime call.
pub(super) struct Protocols<'a> {
    /// 消息 of every error, which the runtime asks where a task fails and nobody awaits it.
    pub messages: Vec<FunctionId>,
    program: &'a Program,
    signatures: &'a Signatures,
    of_type: FxHashMap<AdtId, Vec<FunctionId>>,
    all: FxHashSet<FunctionId>,
}

impl<'a> Protocols<'a> {
    pub fn find(program: &'a Program, signatures: &'a Signatures) -> Self {
        let known = &signatures.known;
        let traits: [Option<TraitId>; 5] =
            [known.printable, known.error, known.equatable, known.comparable, known.hashable];
        let mut protocols = Self {
            program,
            signatures,
            of_type: FxHashMap::default(),
            all: FxHashSet::default(),
            messages: Vec::new(),
        };
        for (id, it) in program.impls.iter() {
            let Some(types) = signatures.impls.get(id) else { continue };
            if types.trait_.as_ref().is_none_or(|it| !traits.contains(&Some(it.trait_))) {
                continue;
            }
            protocols.all.extend(&it.methods);
            if types.trait_.as_ref().map(|it| it.trait_) == known.error {
                protocols.messages.extend(&it.methods);
            }
            if let TyKind::Adt(adt, _) = types.target.kind() {
                protocols.of_type.entry(*adt).or_default().extend(&it.methods);
            }
        }
        protocols
    }

    /// The methods that evaluating `id` itself may run without naming them. Where a function is generic or of the library,
    /// what it does with its arguments counts as done here.
    pub fn implicit_calls(&self, view: &View, id: ExprId, visit: &mut dyn FnMut(FunctionId)) {
        let mut seen = FxHashSet::default();
        let mut types = Vec::new();
        match view.kind(id) {
            ExprKind::Template(parts) => types.extend(parts.iter().filter_map(|it| match it {
                TemplatePart::Hole(it, _) => view.ty(*it),
                _ => None,
            })),
            ExprKind::Binary { left, right, .. } => types.extend([*left, *right].iter().filter_map(|it| view.ty(*it))),
            ExprKind::Compare { operands, .. } => types.extend(operands.iter().filter_map(|it| view.ty(*it))),
            ExprKind::Map(entries) => types.extend(entries.iter().filter_map(|it| view.ty(it.0))),
            ExprKind::Index { index, .. } if matches!(view.typed.indexes.get(&id), Some(IndexKind::Map { .. })) => {
                types.extend(view.ty(*index));
            }
            _ => {}
        }
        if let Some(call) = view.typed.calls.get(&id)
            && self.is_open(&call.callee)
        {
            let before = types.len();
            let operands = super::view::argument_exprs(&call.args).chain(view.receiver(id));
            types.extend(operands.filter_map(|it| view.ty(it)));
            match &call.callee {
                // 字典<键, 值>(): the library has no key yet.
                Callee::Function { function, .. } if types.len() == before && self.is_std(*function) => {}
                Callee::Function { generics, .. } | Callee::TraitMethod { generics, .. } => types.extend(generics),
                _ => {}
            }
        }
        types.into_iter().for_each(|it| self.methods_of(it, &mut seen, visit));
    }

    /// What it does with its arguments depends on their types.
    fn is_open(&self, callee: &Callee) -> bool {
        match callee {
            Callee::Function { function, generics } => !generics.is_empty() || self.is_std(*function),
            Callee::TraitMethod { .. } | Callee::Builtin(_) => true,
            Callee::DynamicMethod { .. } | Callee::Value | Callee::Variant { .. } => false,
        }
    }

    fn is_std(&self, function: FunctionId) -> bool {
        self.program.modules[self.program.functions[function].module].is_std
    }

    /// Of the type, and of what values of it hold.
    fn methods_of(&self, ty: Ty, seen: &mut FxHashSet<Ty>, visit: &mut dyn FnMut(FunctionId)) {
        if !seen.insert(ty) {
            return;
        }
        match ty.kind() {
            TyKind::Tuple(parts) => parts.iter().for_each(|&it| self.methods_of(it, seen, visit)),
            TyKind::Array(it) => self.methods_of(*it, seen, visit),
            TyKind::Adt(adt, args) => {
                self.of_type.get(adt).into_iter().flatten().for_each(|&it| visit(it));
                args.iter().for_each(|&it| self.methods_of(it, seen, visit));
                let is_users = !self.program.modules[self.program.adts[*adt].module].is_std;
                if is_users && let Some(it) = self.signatures.adts.get(*adt) {
                    it.variants.iter().flatten().for_each(|&it| self.methods_of(it, seen, visit));
                }
            }
            // Any type may hide in it.
            TyKind::Dynamic(..) => self.all.iter().for_each(|&it| visit(it)),
            _ => {}
        }
    }
}

fn report(view: &View, id: FunctionId, diagnostics: &mut Diagnostics) {
    let mut place = None;
    view.walk(&mut |expr| {
        view.mutations(expr, &mut |it| {
            let is_self = view.body.self_local.is_some_and(|own| view.root(it.place) == Root::Local(own));
            place = place.or(is_self.then(|| view.span(it.place)));
        });
    });
    let method = &view.program.functions[id];
    let at = place.unwrap_or(method.name_span);
    diagnostics.push(diagnostics::changing_protocol_method(at, method.name.as_str(), method.name_span));
}
