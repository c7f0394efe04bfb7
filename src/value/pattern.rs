//! Java's regular expressions on top of `fancy-regex`.
