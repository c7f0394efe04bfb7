//! Mutation: templates derived from others by small edits of characters that the lexer distinguishes.

use vtl_workloads::Random;

const ALPHABET: &str = "$#\\!{}[]().,\"' \n\t\r@*-_=<>&|09aeif+:";

pub fn mutate(template: &str, random: &mut Random) -> String {
    let mut text: Vec<char> = template.chars().take(400).collect();
    for _ in 0..=random.below(3) {
        let at = random.below(text.len() + 1);
        let until = (at + 1 + random.below(6)).min(text.len());
        match random.below(8) {
            0 | 1 => {
                text.drain(at.min(text.len())..(at + 1).min(text.len()));
            }
            2..=4 => text.insert(at, random.pick_char(ALPHABET)),
            5 => {
                let copy: Vec<char> = text[at..until].to_vec();
                let to = random.below(text.len() + 1);
                text.splice(to..to, copy);
            }
            6 if !text.is_empty() => {
                let other = random.below(text.len());
                text.swap(at.min(other), other);
            }
            _ => {
                text.drain(at..until);
            }
        }
    }
    text.into_iter().collect()
}
