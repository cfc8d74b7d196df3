//! The heading "Unreleased" of a changelog, and its end in a release.

use semver::Version;

const UNRELEASED: &str = "## Unreleased";

/// Returns the entries under "Unreleased"; or else what is wrong with the changelog for a release of `version`.
pub(super) fn unreleased<'a>(text: &'a str, version: &Version) -> Result<&'a str, String> {
    let heading = format!("## {version}");
    if text.lines().any(|line| line.strip_prefix(&heading).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    {
        return Err(format!("has a heading \"{heading}\" already"));
    }
    unreleased_entries(text)
}

/// Returns the entries under "Unreleased"; or else what is wrong with the heading.
pub fn unreleased_entries(text: &str) -> Result<&str, String> {
    let heading = format!("\n{UNRELEASED}\n");
    let (_, rest) = text.split_once(&heading).ok_or(format!("has no heading \"{UNRELEASED}\""))?;
    if rest.contains(&heading) {
        return Err(format!("has the heading \"{UNRELEASED}\" twice"));
    }
    Ok(rest.split("\n## ").next().unwrap_or_default().trim())
}

/// Returns the changelog in which the entries under "Unreleased" are those of `version`, and none are unreleased.
pub(super) fn release(text: &str, version: &Version, date: &str) -> Result<String, String> {
    let entries = unreleased(text, version)?;
    let nothing = if entries.is_empty() { "\nNo changes.\n" } else { "" };
    let headings = format!("\n{UNRELEASED}\n\n## {version} - {date}\n{nothing}");
    Ok(text.replacen(&format!("\n{UNRELEASED}\n"), &headings, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entries_get_a_version_and_a_date() {
        let released =
            release("# Changelog\n\n## Unreleased\n\n- New.\n", &Version::new(0, 1, 0), "2026-12-01").unwrap();
        assert_eq!(released, "# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-12-01\n\n- New.\n");
        let next = release(&released, &Version::new(0, 1, 1), "2026-12-02").unwrap();
        let expected =
            "# Changelog\n\n## Unreleased\n\n## 0.1.1 - 2026-12-02\n\nNo changes.\n\n## 0.1.0 - 2026-12-01\n\n- New.\n";
        assert_eq!(next, expected);
    }

    #[test]
    fn what_is_wrong_with_a_changelog_is_said() {
        let version = Version::new(0, 1, 0);
        let fault = |text| unreleased(text, &version).unwrap_err();
        assert_eq!(fault("# Changelog\n"), "has no heading \"## Unreleased\"");
        assert_eq!(fault("\n## Unreleased\n\n## 0.1.0 - 2026-12-01\n"), "has a heading \"## 0.1.0\" already");
        assert_eq!(fault("\n## Unreleased\n\n- a\n\n## Unreleased\n"), "has the heading \"## Unreleased\" twice");
        assert_eq!(unreleased("\n## Unreleased\n\n## 0.1.0-rc.1\n", &version), Ok(""));
    }
}
