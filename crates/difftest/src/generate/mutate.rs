//! Mutation: templates derived from others by small edits of characters or tokens that the lexer distinguishes.

use vtl_workloads::Random;

const ALPHABET: &str = "$#\\!{}[]().,\"' \n\t\r@*-_=<>&|09aeif+:";

/// Damages a few characters of a template.
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

/// Tokens that are inserted, besides those of the template itself.
const TOKENS: &[&str] = &[
    "$", "#", "\\", "!", "{", "}", "[", "]", "(", ")", ".", ",", "\"", "'", " ", "\n", "@", "*", "-", "=", "<", ">",
    "&", "|", ":", "$a", "$!", "${", "#if", "#end", "#set(", "##", "#*", "*#", "#[[", "]]#", "true", "false", ".b",
    ".b(", "()", "$a.b", "[0]", "#else", "#foreach", "..", "&&", "==", "\\#", "\\$", "#{end}", "1", "-1", "1.5", "and",
    "not", "\"x\"", "'y'",
];

/// Deletes, inserts, doubles or swaps one to three tokens of a template: the mistakes of typing.
pub fn mutate_tokens(template: &str, random: &mut Random) -> String {
    let mut tokens = tokens(template);
    for _ in 0..[1, 1, 1, 2, 3][random.below(5)] {
        if tokens.is_empty() {
            tokens.push("$a");
        }
        let at = random.below(tokens.len());
        match random.below(4) {
            0 => drop(tokens.remove(at)),
            1 => {
                let token = if random.one_in(3) { tokens[at] } else { TOKENS[random.below(TOKENS.len())] };
                tokens.insert(random.below(tokens.len() + 1), token);
            }
            2 => tokens.insert(at, tokens[at]),
            _ => {
                let other = if random.one_in(2) { random.below(tokens.len()) } else { at + 1 };
                let last = tokens.len() - 1;
                tokens.swap(at, other.min(last));
            }
        }
    }
    tokens.concat()
}

/// Splits a template into words, numbers, runs of blanks and single characters.
fn tokens(template: &str) -> Vec<&str> {
    let class = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '_' | '-' => 1,
        '0'..='9' => 2,
        ' ' | '\t' => 3,
        _ => 0,
    };
    let mut tokens = Vec::new();
    let mut rest = template;
    while let Some(first) = rest.chars().next() {
        let ends = |c: char| class(c) != class(first);
        let length = if class(first) == 0 { first.len_utf8() } else { rest.find(ends).unwrap_or(rest.len()) };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_its_tokens() {
        let template = "#if($a.b-c == 12)  é\n#end";
        let found = tokens(template);
        assert_eq!(
            found,
            ["#", "if", "(", "$", "a", ".", "b-c", " ", "=", "=", " ", "12", ")", "  ", "é", "\n", "#", "end"]
        );
        assert_eq!(found.concat(), template);
    }
}
