//! The same program on a clock that a test moves. Built by name and with its feature only; nothing that is released builds it.

// The types of the whole schema nest deeper than the usual limit.
#![recursion_limit = "256"]

fn main() -> std::process::ExitCode {
    xianfeng::cli::main()
}
