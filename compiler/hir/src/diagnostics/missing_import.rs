//! What E0201 and E0202 add when the standard library has something of that name.

use qi_base::{Diagnostic, Edit, Text};

/// `import` is what follows 导入.
pub fn add_import(diagnostic: &mut Diagnostic, at: qi_base::Span, import: &str) {
    diagnostic.fixes.push(qi_base::Fix {
        text: Text::new(format!("先写“导入 {import}”"), format!("write `导入 {import}` first")),
        edits: vec![Edit { span: at, text: format!("导入 {import}\n") }],
        certain: false,
    });
}
