//! Tables of quoted Go strings with tabs between, `#` before what is no row.

use gust_syntax::literal::unquote;

/// The rows of a table of `N` columns. Holds each against `answer`, which gives the columns behind the first `inputs`.
#[track_caller]
pub(crate) fn hold<const N: usize>(
    table: &str,
    inputs: usize,
    answer: impl Fn(&[String; N]) -> Vec<String>,
) {
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let cells = line.split('\t').map(|cell| unquote(cell).expect("quoted"));
        let cells: [String; N] = cells.collect::<Vec<_>>().try_into().expect("a full row");
        let got = answer(&cells);
        if got != cells[inputs..] {
            wrong.push(format!("{line}\n  got {got:?}"));
        }
        rows += 1;
    }
    assert!(rows > 20, "a table of {rows} rows");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
