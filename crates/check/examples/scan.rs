//! Prints the findings of files: `.jsonl` cases, loose templates, documents.
use vtl_check::*;
use vtl_loaders::{File, Options};

fn main() {
    for name in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&name).unwrap_or_default();
        if name.ends_with(".jsonl") {
            for line in text.lines() {
                let Ok(case) = serde_json::from_str::<serde_json::Value>(line) else { continue };
                let Some(template) = case["template"].as_str() else { continue };
                let mut options = TemplateOptions::default();
                options.is_response = case["phase"] == "response";
                for it in check_template(case["id"].as_str().unwrap_or("?"), template, &options) {
                    println!(
                        "{} [{}] {} <<{}>> -> {} | {}",
                        it.diagnostic,
                        it.diagnostic.code.name(),
                        case["confidence"],
                        template.replace('\n', "⏎"),
                        case["expect"],
                        case["body"]
                    );
                }
            }
        } else if name.ends_with(".vtl") || name.ends_with(".vm") {
            for it in check_template(&name, &text, &TemplateOptions::default()) {
                println!("{} [{}] {:?}", it.diagnostic, it.diagnostic.code.name(), it.fix.is_some());
            }
        } else {
            let loaded = vtl_loaders::load(&[File::new(&name, &text)], &Options::default());
            match loaded {
                Ok(document) => {
                    for it in check_document(&document) {
                        println!("{} [{}] {:?}", it.diagnostic, it.diagnostic.code.name(), it.fix.is_some());
                    }
                }
                Err(error) => println!("{error}"),
            }
        }
    }
}
