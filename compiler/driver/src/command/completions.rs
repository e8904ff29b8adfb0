//! `qic completions bash|zsh|fish`: commands in both languages and `.qi` files; options are few enough to be remembered.

use super::Outcome;
use crate::args::Cli;
use crate::failure::Failure;
use clap::CommandFactory;

pub fn completions(shell: &str) -> Outcome {
    let cli = Cli::command();
    let words: Vec<_> = cli
        .get_subcommands()
        .flat_map(|it| std::iter::once(it.get_name().to_owned()).chain(it.get_all_aliases().map(str::to_owned)))
        .collect();
    let words = words.join(" ");
    let script = match shell {
        "bash" => format!(
            "_qic() {{\n  local word=${{COMP_WORDS[COMP_CWORD]}}\n  COMPREPLY=($(compgen -f -X '!*.qi' -- \"$word\"))\n  \
             [ \"$COMP_CWORD\" = 1 ] && COMPREPLY+=($(compgen -W '{words}' -- \"$word\"))\n}}\ncomplete -o plusdirs -F _qic qic\n"
        ),
        "zsh" => format!(
            "#compdef qic\n_qic() {{\n  if (( CURRENT == 2 )); then compadd {words}; fi\n  _files -g '*.qi'\n}}\ncompdef _qic qic\n"
        ),
        "fish" => format!("complete -c qic -n __fish_use_subcommand -a '{words}'\n"),
        _ => {
            return Err(Failure::new("E0900", format!("不认识外壳 {shell}"), format!("unknown shell {shell}"))
                .with_note("可以写：bash、zsh、fish", "possible values: bash, zsh, fish")
                .usage());
        }
    };
    Ok(super::print(&script))
}
