//! Patterns as chains of tests on borrowed parts of a value. Names are bound only after everything matched.

use crate::body::Body;
use qi_base::bug;
use qi_hir::{ExprId, Literal, LocalId, PatId, PatKind, PatRes, Ty, TyKind};
use qi_mir::{Arith, BlockId, Cmp, RuntimeFn, Terminator, TypeKind, Value};

/// A name with the part that it will hold.
pub(crate) type Binding = (LocalId, Value, Ty);

impl<'a> Body<'_, 'a> {
    /// Binds the names of a pattern that always matches.
    pub fn bind_pattern(&mut self, pat: PatId, value: Value, ty: Ty) {
        let fail = self.build.new_block();
        let mut bindings = Vec::new();
        self.test_pattern(pat, value, ty, fail, &mut bindings);
        let resume = self.build.block;
        self.build.switch_to(fail);
        self.build.terminate(Terminator::Unreachable);
        self.build.switch_to(resume);
        self.bind_all(bindings);
    }

    pub fn bind_all(&mut self, bindings: Vec<Binding>) {
        for (local, value, ty) in bindings {
            self.bind_local(local, value, ty);
        }
    }

    /// Goes on where the value matches and collects what the names stand for; jumps to `fail` otherwise.
    pub fn test_pattern(&mut self, pat: PatId, value: Value, ty: Ty, fail: BlockId, bindings: &mut Vec<Binding>) {
        let node = &self.scope.body.pats[pat];
        if let Some(PatRes::Variant { variant, .. }) = self.scope.typed.patterns.get(&pat) {
            let args: &[PatId] = if let PatKind::Variant { args, .. } = &node.kind { args } else { &[] };
            return self.test_variant(*variant, args, value, ty, fail, bindings);
        }
        match &node.kind {
            PatKind::Error => bug!("a pattern that was reported as wrong reached lowering"),
            PatKind::Wildcard | PatKind::Rest => {}
            PatKind::Bind(local) => bindings.push((*local, value, ty)),
            PatKind::Literal { value: literal, negative } => self.test_literal(literal, *negative, value, fail),
            PatKind::Range { start, end, inclusive } => self.test_range(*start, *end, *inclusive, value, fail),
            PatKind::Variant { .. } | PatKind::Path(_) => bug!("variant pattern {pat} was not resolved"),
            PatKind::Struct { fields, .. } => self.test_struct(pat, fields, value, ty, fail, bindings),
            PatKind::Tuple(parts) => {
                let types = self.cx.part_types(ty, 0);
                for (index, part) in self.scope.body.positions(parts, types.len()) {
                    self.test_part(part, types[index], fail, bindings, |body| body.struct_get(value, index as u32));
                }
            }
            PatKind::Array { before, rest, after } => {
                self.test_array(before, *rest, after, value, ty, fail, bindings);
            }
            PatKind::Or(alternatives) => self.test_or(alternatives, value, ty, fail, bindings),
        }
    }

    /// Tests a part of a value; nothing is taken out for `_`.
    fn test_part(
        &mut self,
        pat: PatId,
        ty: Ty,
        fail: BlockId,
        bindings: &mut Vec<Binding>,
        get: impl FnOnce(&mut Self) -> Value,
    ) {
        if !matches!(self.scope.body.pats[pat].kind, PatKind::Wildcard) {
            let value = get(self);
            self.test_pattern(pat, value, ty, fail, bindings);
        }
    }

    fn require(&mut self, condition: Value, fail: BlockId) {
        let then = self.build.new_block();
        self.branch(condition, then, fail);
        self.build.switch_to(then);
    }

    fn test_variant(
        &mut self,
        variant: u32,
        args: &[PatId],
        value: Value,
        ty: Ty,
        fail: BlockId,
        bindings: &mut Vec<Binding>,
    ) {
        let holds = self.is_variant(value, variant);
        self.require(holds, fail);
        let types = self.cx.part_types(ty, variant);
        for (index, arg) in self.scope.body.positions(args, types.len()) {
            self.test_part(arg, types[index], fail, bindings, |body| body.payload(value, variant, index as u32));
        }
    }

    fn test_struct(
        &mut self,
        pat: PatId,
        fields: &[(qi_base::Name, PatId)],
        value: Value,
        ty: Ty,
        fail: BlockId,
        bindings: &mut Vec<Binding>,
    ) {
        let Some(PatRes::Struct { variant, fields: indexes }) = self.scope.typed.patterns.get(&pat) else {
            bug!("struct pattern {pat} was not resolved")
        };
        if let Some(variant) = variant {
            let holds = self.is_variant(value, *variant);
            self.require(holds, fail);
        }
        let types = self.cx.part_types(ty, variant.unwrap_or(0));
        for (&(_, part), &index) in fields.iter().zip(indexes) {
            self.test_part(part, types[index as usize], fail, bindings, |body| match variant {
                Some(variant) => body.payload(value, *variant, index),
                None => body.struct_get(value, index),
            });
        }
    }

    fn test_literal(&mut self, literal: &Literal, negative: bool, value: Value, fail: BlockId) {
        let ty = self.type_of(value);
        if *self.cx.module.types.kind(ty) == TypeKind::Unit {
            return;
        }
        let wanted = self.literal_of(literal, negative, ty);
        let holds = self.equal(value, wanted);
        self.require(holds, fail);
    }

    fn test_range(&mut self, start: Option<ExprId>, end: Option<ExprId>, inclusive: bool, value: Value, fail: BlockId) {
        if let Some(start) = start {
            let start = self.expr(start);
            let holds = self.compare(Cmp::Ge, value, start);
            self.require(holds, fail);
        }
        if let Some(end) = end {
            let end = self.expr(end);
            let holds = self.compare(if inclusive { Cmp::Le } else { Cmp::Lt }, value, end);
            self.require(holds, fail);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one pattern")]
    fn test_array(
        &mut self,
        before: &[PatId],
        rest: Option<Option<LocalId>>,
        after: &[PatId],
        value: Value,
        ty: Ty,
        fail: BlockId,
        bindings: &mut Vec<Binding>,
    ) {
        let TyKind::Array(of) = ty.kind() else { bug!("an array pattern for {}", self.cx.type_name(ty)) };
        let length = self.length(value);
        let wanted = self.int((before.len() + after.len()) as i128);
        let holds = self.compare(if rest.is_some() { Cmp::Ge } else { Cmp::Eq }, length, wanted);
        self.require(holds, fail);
        for (index, &part) in before.iter().enumerate() {
            self.test_part(part, *of, fail, bindings, |body| {
                let index = body.int(index as i128);
                body.element_unchecked(value, index)
            });
        }
        for (index, &part) in after.iter().enumerate() {
            self.test_part(part, *of, fail, bindings, |body| {
                let back = body.int((after.len() - index) as i128);
                let index = body.wrapping(Arith::Sub, length, back);
                body.element_unchecked(value, index)
            });
        }
        if let Some(Some(local)) = rest {
            let start = self.int(before.len() as i128);
            let back = self.int(after.len() as i128);
            let end = self.wrapping(Arith::Sub, length, back);
            let array = self.type_of(value);
            let slice = self.runtime(RuntimeFn::qi_array_slice, vec![array], vec![value, start, end], Some(array));
            bindings.push((local, slice, ty));
        }
    }

    /// Alternatives bind the same names; the first one's variables are what the arm reads.
    fn test_or(&mut self, alternatives: &[PatId], value: Value, ty: Ty, fail: BlockId, bindings: &mut Vec<Binding>) {
        let join = self.build.new_block();
        let mut joined: Vec<Binding> = Vec::new();
        for (number, &alternative) in alternatives.iter().enumerate() {
            let next = self.build.new_block();
            let mut own = Vec::new();
            self.test_pattern(alternative, value, ty, next, &mut own);
            if number == 0 {
                for &(local, value, ty) in &own {
                    let lowered = self.type_of(value);
                    joined.push((local, self.build.func.add_block_param(join, lowered), ty));
                }
            }
            let args = joined.iter().map(|it| self.same_name(it.0, &own)).collect();
            self.build.jump(join, args);
            self.build.switch_to(next);
        }
        self.build.jump(fail, Vec::new());
        self.build.switch_to(join);
        bindings.extend(joined);
    }

    fn same_name(&self, local: LocalId, bindings: &[Binding]) -> Value {
        let name = self.scope.body.locals[local].name;
        let found = bindings.iter().find(|it| self.scope.body.locals[it.0].name == name);
        found.unwrap_or_else(|| bug!("an alternative does not bind {name}")).1
    }
}
