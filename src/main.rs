//! The `overfit` program: everything is in the library.

fn main() -> std::process::ExitCode {
    overfit::cli::main()
}
