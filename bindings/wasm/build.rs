//! Sets the size of the stack in the module's memory, and has the linker write numbers without padding.

fn main() {
    println!("cargo::rustc-link-arg-cdylib=-zstack-size=4194304");
    println!("cargo::rustc-link-arg-cdylib=--compress-relocations");
    println!("cargo::rerun-if-changed=build.rs");
}
