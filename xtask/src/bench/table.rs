//! Lines and columns.

/// A table: the first column on the left, figures on the right.
pub fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let heading: Vec<String> = heading.iter().map(|word| (*word).to_owned()).collect();
    let all = || std::iter::once(&heading).chain(rows);
    let width = |column: usize| {
        let cells = all().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let mut text = String::new();
    for row in all() {
        text.push_str(line(row, &widths).trim_end());
        text.push('\n');
    }
    text
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).enumerate();
    let cells = cells.map(|(column, (cell, width))| match column {
        0 => format!("{cell:<width$}"),
        _ => format!("  {cell:>width$}"),
    });
    cells.collect()
}

/// A figure with as many digits as it deserves; `–` when there is none.
pub fn figure(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_below_each_other() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["GET /v1/jobs", "1234", "ok"]), row(["–", "7", ""])];
        let expected = "\
what          per s  note
GET /v1/jobs   1234    ok
–                 7
";
        assert_eq!(table(&["what", "per s", "note"], &rows), expected);
    }

    #[test]
    fn small_figures_keep_their_digits() {
        let figures = [Some(1_234.56), Some(99.96), Some(0.125), None].map(figure);
        assert_eq!(figures, ["1235", "100.0", "0.12", "–"]);
    }
}
