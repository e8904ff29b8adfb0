//! Every name written in the user's files of a checked program, with where what it means is declared.
//!
//! What inference recorded counts; heads of qualified names, types and the names of calls that failed are looked up as it
//! does. Bodies are walked by their arenas, so depth costs no stack. Knows one program: several are [`crate::references`]'.

mod bodies;
mod calls;
mod declarations;
mod declared;
mod imports;
mod patterns;
mod scope;
mod spaces;
mod trees;

use crate::Checked;
pub(crate) use declared::{Declared, Named};
use qi_base::{FileId, Files, Name, Span};
use qi_hir::{Analysis, Program};
use scope::Scope;
use std::collections::HashSet;
use trees::Trees;

/// One written name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mention {
    pub span: Span,
    pub role: Role,
    /// The name in the declaration; of a module the empty start of its file. A method of a trait is declared in the trait.
    pub target: Span,
    /// The name behind 作为 in the import, where that is what is written here.
    pub alias: Option<Span>,
}

/// `点 { 横 }` writes one name for two things, so changing one of them takes writing both.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    Plain,
    ShorthandValue,
    ShorthandField,
}

impl Mention {
    /// What changes its name together with this one.
    pub fn symbol(&self) -> Span {
        self.alias.unwrap_or(self.target)
    }
}

/// Sorted by place.
#[derive(Debug)]
pub struct Mentions(Vec<Mention>);

impl Mentions {
    pub fn new(checked: &Checked) -> Self {
        let Checked { program, analysis, files, .. } = checked;
        let trees = Trees::new(files);
        let scope = Scope::new(program, &trees);
        let declared = Declared { program, analysis };
        let mut builder = Builder { program, analysis, files, declared, scope, trees: &trees, all: Vec::new() };
        builder.declarations();
        Self(sorted(builder.all))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Mention> {
        self.0.iter()
    }

    /// Those of the name at the place; several for an overload set, and where one name stands for two things.
    pub fn at(&self, file: FileId, offset: u32) -> &[Mention] {
        let end = self.0.partition_point(|it| (it.span.file, it.span.start) <= (file, offset));
        let Some(last) = end.checked_sub(1).map(|it| self.0[it].span) else { return &[] };
        if last.file != file || last.end < offset {
            return &[];
        }
        let start = self.0.partition_point(|it| it.span < last);
        &self.0[start..end]
    }
}

/// Each once, with the other half of a short form told apart.
fn sorted(mut all: Vec<Mention>) -> Vec<Mention> {
    let short: HashSet<Span> = all.iter().filter(|it| it.role == Role::ShorthandField).map(|it| it.span).collect();
    for it in all.iter_mut().filter(|it| it.role == Role::Plain && short.contains(&it.span)) {
        it.role = Role::ShorthandValue;
    }
    all.sort_unstable();
    all.dedup();
    all
}

struct Builder<'a> {
    program: &'a Program,
    analysis: &'a Analysis,
    files: &'a Files,
    declared: Declared<'a>,
    scope: Scope<'a>,
    trees: &'a Trees<'a>,
    all: Vec<Mention>,
}

impl Builder<'_> {
    /// Only if that is what the text says: the compiler makes up names, and gives what it makes up the places of others.
    fn add(&mut self, span: Span, name: Name, target: Span, alias: Option<Span>, role: Role) {
        let Some(text) = self.files.get(span.file).text.get(span.start as usize..span.end as usize) else { return };
        if is_written(text, name) {
            self.all.push(Mention { span, role, target, alias });
        }
    }
    fn mention(&mut self, span: Span, named: Named) {
        self.add(span, named.name, named.span, None, Role::Plain);
    }
    fn declare(&mut self, span: Span, name: Name) {
        self.mention(span, Named { name, span });
    }
}

/// A raw identifier has its brackets in the text.
fn is_written(text: &str, name: Name) -> bool {
    let text = qi_syntax::without_brackets(text);
    !text.is_empty() && (text == name.as_str() || Name::new(text) == name)
}
