//! The findings of this stage, one file per code, with their words in both languages.

mod assignment_as_value;
mod bracket_mismatch;
mod foreign_operator;
mod foreign_statement;
mod full_stop;
mod glued_keyword;
mod integer_too_large;
mod invalid_char_literal;
mod invalid_character;
mod invalid_escape;
mod invalid_number;
mod misplaced_word;
mod missing_expression;
mod missing_separator;
mod nesting_too_deep;
mod reserved_word;
mod struct_literal_in_header;
mod template_brace;
mod unexpected_token;
mod unsupported;
mod unterminated_comment;
mod unterminated_string;
mod wrong_quote;

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) use assignment_as_value::{
    assignment_as_value, end_of_line_argument, let_without_keyword, named_argument, second_assignment, several_assigned,
};
pub(crate) use bracket_mismatch::{
    missing_close, missing_greater, missing_less, missing_open, missing_open_bracket, premature_close, stray_close,
    stray_close_before, unclosed_block, unclosed_block_within, wrong_close,
};
pub(crate) use foreign_operator::{
    arrow_member, comment_as_division, counting_loop, counting_operator_as_value, each_loop, equals_plus,
    foreign_keyword, foreign_operator, foreign_word_operator, lambda, membership, plus_plus, pointer_operator,
    send_arrow, slice_with_colon, three_dots, with_equals,
};
pub(crate) use foreign_statement::{defer, do_while, foreign_import, import_from, macro_call, repeat_loop};
pub(crate) use full_stop::{FullStop, full_stop};
pub(crate) use glued_keyword::{glued_keyword, split_keyword};
pub(crate) use integer_too_large::integer_too_large;
pub(crate) use invalid_char_literal::{
    invalid_char_literal, missing_opening_quote, triple_single_quotes, unterminated_char,
};
pub(crate) use invalid_character::{
    comment_of_scripts, corner_quotes, ellipsis, fence, invalid_character, invalid_in_name, sign_of_arithmetic,
    wide_arrow,
};
pub(crate) use invalid_escape::{hole_of_others, invalid_escape};
pub(crate) use invalid_number::{digit_before_name, invalid_number, number_with_unit, several_points};
pub(crate) use misplaced_word::{
    blocking_function, clause_alone, clause_out_of_order, comparison_in_pattern, label_of_other, mutable_variable,
    name_as_end_of_range, operand_of_jump, path_of_import, pattern_of_select, sign_before_type,
};
pub(crate) use missing_expression::{missing_expression, missing_left_side, wildcard_as_value};
pub(crate) use missing_separator::{
    call_without_parentheses, declared_or_else, missing_comma, missing_statement_end, names_in_parentheses,
    number_before_name, one_name_each, one_operand, printed_array, several_declared, several_results, trailing_block,
};
pub(crate) use nesting_too_deep::nesting_too_deep;
pub(crate) use reserved_word::{CODE as RESERVED_WORD, reserved_word, self_as_parameter};
pub(crate) use struct_literal_in_header::struct_literal_in_header;
pub(crate) use template_brace::{empty_hole, lone_close_brace, unclosed_hole};
pub(crate) use unexpected_token::{
    arm_without_case, array_behind_name, array_behind_type, arrow_before_result, as_before_type, blank_in_name,
    bounds_behind, branch_without_braces, case_in_match, constructor, dash_in_name, declared_by_colon, doubled,
    doubled_dot, extension_in_import, field_without_type, function_without_keyword, indented_block, inheritance,
    keyword_before_field, keyword_before_variant, label_without_colon, map_in_brackets, misplaced, missing_arm_colon,
    missing_brace, missing_colon, missing_equals, missing_for, missing_function_keyword, missing_handler, missing_in,
    missing_match, missing_parameters, missing_result_colon, mutable_in_type, named_function_as_value, option_as_union,
    optional_name, result_before_name, superfluous, template_as_pattern, type_before_name, typed_loop_variable,
    unexpected_token, union_of_types, with_wide_brackets, wrong_sign, wrong_word,
};
pub(crate) use unsupported::unsupported;
pub(crate) use unterminated_comment::unterminated_comment;
pub(crate) use unterminated_string::{other_closing_quote, string_over_lines, unterminated_string};
pub(crate) use wrong_quote::wrong_quote;

/// `text` is a sign that is missing at this place, with the blank that belongs before it.
fn missing_sign(code: &'static str, at: Span, title: Text, text: &str, is_certain: bool) -> Diagnostic {
    let sign = text.trim_start();
    let label = Text::new(format!("这里应有“{sign}”"), format!("`{sign}` expected here"));
    let fix = Text::new(format!("补上“{sign}”"), format!("add `{sign}`"));
    Diagnostic::error(code, at, title, label).with_fix(fix, vec![Edit { span: at, text: text.to_owned() }], is_certain)
}

/// `..` or `..=` is meant, and nothing tells which.
fn either_range(code: &'static str, span: Span, title: Text) -> Diagnostic {
    let label =
        Text::new("写成“..”（不含末尾）或“..=”（含末尾）", "write `..` without the last value or `..=` with it");
    let diagnostic = Diagnostic::error(code, span, title, label);
    ["..", "..="].into_iter().fold(diagnostic, |it, meant| {
        let fix = Text::new(format!("改成“{meant}”"), format!("write `{meant}`"));
        it.with_fix(fix, vec![Edit { span, text: meant.to_owned() }], false)
    })
}
