//! `overfit completions`: its arguments.

use clap::Args;
use clap_complete::Shell;

/// `overfit completions`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        overfit completions bash > ~/.local/share/bash-completion/completions/overfit\n  \
        overfit completions zsh > ~/.zfunc/_overfit    (with fpath+=~/.zfunc before compinit in ~/.zshrc)\n  \
        overfit completions fish > ~/.config/fish/completions/overfit.fish\n  \
        overfit completions powershell >> $PROFILE\n\n\
        Open a new shell, type `overfit ` and press Tab.")]
pub struct CompletionsArguments {
    /// The shell that the script is for
    pub shell: Shell,
}
