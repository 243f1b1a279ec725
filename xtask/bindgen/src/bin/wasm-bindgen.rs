//! The `wasm-bindgen` program: makes a JavaScript module of a compiled wasm file.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(std::env::args_os())
}
