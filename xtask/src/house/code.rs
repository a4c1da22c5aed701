//! A source file without its tests: what the rules for product code are held against.

/// The text with every item behind a `#[cfg(test)]` at the margin made empty lines, so that lines keep their numbers.
/// Code that follows the tests is product code like any other.
pub(super) fn product(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut part = Part::Product;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        part = match part {
            Part::Product if bare == "#[cfg(test)]" => Part::Front,
            Part::Product => {
                kept.push_str(line);
                continue;
            }
            Part::Front if bare.starts_with("#[") => Part::Front,
            Part::Front if bare.ends_with('{') => Part::Body,
            Part::Body if bare != "}" => Part::Body,
            Part::Front | Part::Body => Part::Product,
        };
        kept.push('\n');
    }
    kept
}

/// Where in a file a line stands.
#[derive(Clone, Copy)]
enum Part {
    Product,
    /// Behind the mark of a test item, up to the line that begins it.
    Front,
    /// In the braces of a test item.
    Body,
}

#[cfg(test)]
mod tests {
    use super::product;

    #[test]
    fn tests_are_left_out_and_lines_keep_their_numbers() {
        for (text, code) in [
            ("a\n#[cfg(test)]\nmod tests;\nb\n", "a\n\n\nb\n"),
            (
                "a\n#[cfg(test)]\n#[path = \"x\"]\nmod tests {\n    x();\n    }\n}\n\nb\n",
                "a\n\n\n\n\n\n\n\nb\n",
            ),
            ("a\n#[cfg(test)]\nmod tests { x(); }\nb\n", "a\n\n\nb\n"),
            (
                "a\n    #[cfg(test)]\n    b\n",
                "a\n    #[cfg(test)]\n    b\n",
            ),
        ] {
            assert_eq!(product(text), code, "{text}");
        }
    }
}
