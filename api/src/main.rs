//! `xianfeng`: parses arguments, hands over.

fn main() -> std::process::ExitCode {
    xianfeng::cli::main()
}
