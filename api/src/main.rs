//! `xianfeng`: parses arguments, hands over.

// The types of the whole schema nest deeper than the usual limit.
#![recursion_limit = "256"]

/// Many small things live as long as a request: in a profile of heartbeats a sixth of the samples lay in the system allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    xianfeng::cli::main()
}
