//! What Go's own packages answer, row by row: `oracle/make.sh` makes the tables.

mod rows;

use std::cmp::Ordering;

use gust_syntax::constraint::{self, ParseError, Problem};
use gust_syntax::glob::Glob;
use gust_syntax::{gover, synopsis};
use rows::hold;

#[test]
fn constraints() {
    let table = include_str!("oracle/constraint.tsv");
    hold(table, 1, |[line, ..]: &[String; 6]| {
        let expr = match constraint::parse(line) {
            Ok(expr) => expr,
            Err(error) => {
                let offset = match &error {
                    // go gives the place of all but this
                    ParseError::Syntax(error) if error.problem != Problem::TooComplex => {
                        error.offset.to_string()
                    }
                    _ => String::new(),
                };
                let empty = String::new;
                return vec![empty(), empty(), empty(), error.to_string(), offset];
            }
        };
        let (mut values, mut asked) = (String::new(), Vec::new());
        for n in 0..4 {
            asked.clear();
            let value = expr.eval(&mut |tag| {
                asked.push(tag.to_owned());
                (tag == "a" && n & 1 != 0) || (tag == "b" && n & 2 != 0)
            });
            values.push_str(if value { "t" } else { "f" });
        }
        let text = expr.to_string();
        vec![text, values, asked.join(" "), String::new(), String::new()]
    });
}

#[test]
fn globs() {
    let table = include_str!("oracle/glob.tsv");
    hold(table, 2, |[pattern, name, _]: &[String; 3]| {
        vec![match Glob::new(pattern) {
            Ok(glob) => glob.matches(name).to_string(),
            Err(bad) => bad.to_string(),
        }]
    });
}

#[test]
fn synopses() {
    let table = include_str!("oracle/synopsis.tsv");
    hold(table, 1, |[text, _]: &[String; 2]| {
        vec![synopsis::synopsis(text)]
    });
}

#[test]
fn versions_of_go() {
    let table = include_str!("oracle/gover.tsv");
    hold(table, 1, |[version, ..]: &[String; 5]| {
        vec![
            gover::is_valid(version).to_string(),
            gover::lang(version),
            gover::is_lang(version).to_string(),
            gover::is_prerelease(version).to_string(),
        ]
    });
    let order = include_str!("oracle/gover_order.tsv");
    hold(order, 2, |[a, b, _]: &[String; 3]| {
        let order = match gover::compare(a, b) {
            Ordering::Less => "-1",
            Ordering::Equal => "0",
            Ordering::Greater => "1",
        };
        vec![order.to_owned()]
    });
    let names = include_str!("oracle/toolchain_names.tsv");
    hold(names, 1, |[name, _]: &[String; 2]| {
        vec![gover::from_toolchain(name).unwrap_or_default().to_owned()]
    });
}
