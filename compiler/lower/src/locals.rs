//! Variables of a body: those that never change are values, the others live in slots; variables captured by sharing live
//! in cells. A variable whose death can be seen is cleared when its block ends.

use crate::body::Body;
use crate::frames::FrameKind;
use qi_base::bug;
use qi_hir::{LocalId, Ty};
use qi_mir as mir;
use qi_mir::{Opcode, Slot, Type, TypeKind, Value};

#[derive(Clone, Debug)]
pub(crate) enum Var {
    Value(Value),
    Slot(Slot),
    /// 可变 parameter, 自己 of a mutating method: an address.
    Place(Value),
    /// Holds the cell.
    Cell(Value),
    /// A local function: its code can be called directly with its environment.
    Function {
        code: mir::FunctionId,
        environment: Option<Value>,
        closure: Type,
    },
    /// A generic local function: an instance is made where it is named.
    Generic {
        environment: Option<Value>,
    },
}

impl Body<'_, '_> {
    pub fn local_name(&self, local: LocalId) -> String {
        self.scope.body.locals[local].name.as_str().to_owned()
    }

    /// Declares the variable with its first value.
    pub fn bind_local(&mut self, local: LocalId, value: Value, ty: Ty) {
        let name = self.local_name(local);
        let lowered = self.cx.ty(ty);
        let value = self.fit(value, lowered);
        let var = if self.scope.typed.cells.contains(&local) {
            Var::Cell(self.new_cell(value))
        } else if self.scope.mutated.contains(&local) || self.cx.has_visible_drop(ty) {
            let slot = self.build.slot(lowered, &name);
            let address = self.slot_address(slot);
            self.init(address, value);
            if self.cx.has_visible_drop(ty) {
                self.push_frame(FrameKind::Clear(slot));
            }
            Var::Slot(slot)
        } else {
            self.build.func.value_names.push((value, name));
            Var::Value(value)
        };
        self.scope.vars.insert(local, var);
    }

    /// A variable without a name, whose end can be seen. Opens a frame that the caller closes.
    pub fn hold(&mut self, value: Value) -> Value {
        let ty = self.type_of(value);
        let slot = self.build.slot(ty, "");
        let address = self.slot_address(slot);
        self.init(address, value);
        self.push_frame(FrameKind::Clear(slot));
        address
    }

    /// What was made for a call and is lent to it: an end that can be seen comes after the call. As [`Body::hold`].
    pub fn held(&mut self, value: Value, ty: Ty) -> Value {
        if !self.cx.has_visible_drop(ty) {
            return value;
        }
        let address = self.hold(value);
        self.load(address)
    }

    /// A copy of a parameter, for its default values: the parameter itself dies elsewhere.
    pub fn bind_copy(&mut self, local: LocalId, value: Value) {
        let var = if self.scope.typed.cells.contains(&local) {
            Var::Cell(self.new_cell(value))
        } else if self.scope.mutated.contains(&local) {
            let address = self.temp(value);
            Var::Place(address)
        } else {
            Var::Value(value)
        };
        self.scope.vars.insert(local, var);
    }

    /// Declares a variable that will be assigned later.
    pub fn declare_local(&mut self, local: LocalId, ty: Ty) {
        let lowered = self.cx.ty(ty);
        let var = if self.scope.typed.cells.contains(&local) {
            let empty = self.empty(lowered);
            Var::Cell(self.new_cell(empty))
        } else {
            let name = self.local_name(local);
            let slot = self.build.slot(lowered, &name);
            if self.cx.has_visible_drop(ty) {
                self.push_frame(FrameKind::Clear(slot));
            }
            Var::Slot(slot)
        };
        self.scope.vars.insert(local, var);
    }

    /// A 可变 parameter (or 自己) that is captured by sharing: its value lives in a cell and goes back when the function
    /// is left. Nothing else can reach the place meanwhile.
    pub fn lent_cell(&mut self, place: Value) -> Var {
        let value = self.take(place);
        let cell = self.new_cell(value);
        self.push_frame(FrameKind::GiveBack { cell, place });
        Var::Cell(cell)
    }

    /// A closure may keep the cell: it gets a copy.
    pub fn give_back(&mut self, cell: Value, place: Value) {
        let address = self.cell_address(cell);
        let value = self.load(address);
        self.store(place, value);
    }

    fn new_cell(&mut self, value: Value) -> Value {
        let ty = self.cx.module.types.intern(TypeKind::Cell(self.type_of(value)));
        self.build.plain(Opcode::CellNew, vec![value], ty, None)
    }

    pub fn var(&self, local: LocalId) -> Var {
        match self.scope.vars.get(&local) {
            Some(var) => var.clone(),
            None => bug!("variable {} is used before it exists", self.scope.body.locals[local].name),
        }
    }

    pub fn read_local(&mut self, local: LocalId) -> Value {
        match self.var(local) {
            Var::Value(value) => value,
            Var::Function { code, environment, closure } => {
                self.build.plain(Opcode::ClosureNew(code), environment.into_iter().collect(), closure, None)
            }
            Var::Generic { .. } => bug!("{} is read without type arguments", self.scope.body.locals[local].name),
            var => {
                let address = self.var_address(&var).expect("the variable has a place");
                self.load(address)
            }
        }
    }

    /// Address of the variable, if it has a place.
    pub fn var_address(&mut self, var: &Var) -> Option<Value> {
        match *var {
            Var::Slot(slot) => Some(self.slot_address(slot)),
            Var::Place(address) => Some(address),
            Var::Cell(cell) => Some(self.cell_address(cell)),
            Var::Value(_) | Var::Function { .. } | Var::Generic { .. } => None,
        }
    }
}
