//! What publishing refuses, and what a run that ends in the middle leaves.

use std::{
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use group_dispatch_docs::{Edition, File, PublishError, publish, site_of};

use super::{BASE, assert_no_dead_link, below, edition, old_version, program, tree, two_versions};

#[test]
fn a_text_that_is_older_than_the_published_one_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let put = |contract: &str, crates: &str| {
        let edition = Edition { crates: crates.to_owned(), ..edition(contract, None) };
        publish(folder.path(), &edition, &[File { path: "index.html".to_owned(), bytes: b"a".as_slice().into() }])
    };
    put("1.2.1", "0.3.0").unwrap();
    for (contract, crates) in [("1.2.0", "0.9.0"), ("1.2.1", "0.2.9")] {
        let error = put(contract, crates).unwrap_err();
        assert!(matches!(&error, PublishError::Later { version, .. } if version == "1.2"), "{error}");
    }
    assert!(!put("1.1.9", "0.9.0").unwrap().is_latest);
    assert!(put("1.2.1", "0.10.0").unwrap().is_latest);
    assert!(put("1.10.0", "0.1.0").unwrap().is_latest);
    // A prerelease would otherwise take the place of its release.
    for (contract, crates) in
        [("1.2", "0.1.0"), ("1.10.0-rc.1", "0.2.0"), ("1.10.0", "0.2.0-rc.1"), ("1.10.+1", "0.2.0")]
    {
        assert!(matches!(put(contract, crates).unwrap_err(), PublishError::Version(_)), "{contract}, {crates}");
    }
}

#[test]
fn a_site_alone_does_not_replace_versions_and_no_version_gets_into_a_site_alone() {
    let versions = two_versions(None);
    let before = tree(versions.path());
    let (is_well, said) = program(&[versions.path().to_str().unwrap()]);
    assert!(!is_well && said.contains("found published versions"), "{said}");
    assert!(tree(versions.path()) == before);

    let alone = tempfile::tempdir().unwrap();
    let target = alone.path().to_str().unwrap();
    for _ in ["written", "replaced"] {
        let (is_well, said) = program(&[target]);
        assert!(is_well, "{said}");
    }
    let before = tree(alone.path());
    let (is_well, said) = program(&["--publish", target]);
    assert!(!is_well && said.contains("found another file or folder"), "{said}");
    assert!(tree(alone.path()) == before);
    fs::remove_file(alone.path().join(".group-dispatch-docs")).unwrap();
    let (is_well, said) = program(&[target]);
    assert!(!is_well && said.contains("found another file or folder"), "{said}");
}

#[test]
fn a_list_that_names_other_paths_is_rejected() {
    let (old, files) = old_version(None);
    let current = Edition::current(None);
    let site = site_of(&current).unwrap();
    for (name, replaced) in [
        ("\"old.html\"", "\"../../x.html\""),
        ("\"old.html\"", "\"/tmp/x.html\""),
        ("\"old.html\"", "\"C:x.html\""),
        ("\"old.html\"", "\"a\\\\x.html\""),
        ("\"old.html\"", "\"\""),
        ("\"old.html\"", "\".group-dispatch-docs\""),
        ("\"version\": \"1.0\"", "\"version\": \"../1.0\""),
        ("\"version\": \"1.0\"", "\"version\": \"latest\""),
        ("\"contract\": \"1.0.3\"", "\"contract\": \"x\""),
    ] {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("a/b");
        publish(&folder, &old, &files).unwrap();
        let list = folder.join("versions.json");
        let text = fs::read_to_string(&list).unwrap();
        assert!(text.contains(name), "{name}");
        fs::write(&list, text.replace(name, replaced)).unwrap();
        let before = tree(outer.path());
        let error = publish(&folder, &current, &site).unwrap_err();
        assert!(matches!(error, PublishError::List(_)), "{replaced}: {error}");
        assert!(tree(outer.path()) == before, "{replaced}: nothing is written");
    }
}

#[test]
fn files_of_others_are_neither_replaced_nor_removed() {
    let (old, files) = old_version(None);
    for name in ["index.html", "robots.txt", "1.0/letter.txt", "latest/letter.txt"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "dear").unwrap();
        let before = tree(folder.path());
        let error = publish(folder.path(), &old, &files).unwrap_err();
        assert!(matches!(error, PublishError::Foreign(_)), "{name}: {error}");
        assert!(tree(folder.path()) == before, "{name}: nothing is written");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("blog")).unwrap();
    fs::write(folder.path().join("blog/index.html"), "dear").unwrap();
    // A host's own setting.
    fs::write(folder.path().join(".nojekyll"), "dear").unwrap();
    publish(folder.path(), &old, &files).unwrap();
    for name in ["blog/index.html", ".nojekyll"] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "dear", "{name}");
    }
}

#[test]
fn the_address_is_not_lost_by_a_run_without_it() {
    let folder = two_versions(Some(BASE));
    let before = tree(folder.path());
    let current = Edition::current(None);
    let error = publish(folder.path(), &current, &site_of(&current).unwrap()).unwrap_err();
    assert!(matches!(&error, PublishError::BaseUrl(url) if url == BASE), "{error}");
    assert!(tree(folder.path()) == before);
}

/// What a run leaves that is ended between the two renames of a folder.
#[test]
fn a_version_that_was_being_replaced_is_put_back() {
    let folder = two_versions(None);
    let path = |name: &str| folder.path().join(name);
    fs::rename(path("latest"), path(".group-dispatch-docs-old-latest")).unwrap();
    fs::create_dir(path(".group-dispatch-docs-new-latest")).unwrap();
    fs::write(path(".group-dispatch-docs-new-latest/index.html"), "half").unwrap();
    fs::write(path(".group-dispatch-docs-new-versions.js"), "half").unwrap();
    let (old, files) = old_version(None);
    publish(folder.path(), &old, &files).unwrap();
    assert_no_dead_link(folder.path(), None);
    let left = tree(folder.path());
    assert!(!left.keys().any(|path| path.contains("-new-") || path.contains("-old-")), "{:?}", left.keys());
}

/// The program is killed at any time: every version is whole afterwards, the old or the new one.
#[test]
fn a_run_that_is_killed_leaves_whole_versions() {
    let folder = tempfile::tempdir().unwrap();
    let program = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_group-dispatch-docs"));
        program.arg("--publish").arg(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        program
    };
    assert!(program().status().unwrap().success());
    let whole = tree(folder.path());
    let name = Edition::current(None).folder();
    for milliseconds in (0..600).step_by(60) {
        let mut run = program().spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        run.kill().unwrap();
        run.wait().unwrap();
        let left = tree(folder.path());
        for version in [name.as_str(), "latest"] {
            let aside = format!(".group-dispatch-docs-old-{version}");
            let found =
                [version, &aside].map(|folder| below(&left, folder)).into_iter().find(|files| !files.is_empty());
            assert!(found.unwrap() == below(&whole, version), "{version} after {milliseconds} ms");
        }
    }
    assert!(program().status().unwrap().success());
    assert!(tree(folder.path()) == whole, "the next run leaves nothing over");
}

#[test]
fn versions_with_an_earlier_address_are_named() {
    let folder = two_versions(Some(BASE));
    let target = folder.path().to_str().unwrap();
    let (is_well, said) = program(&["--publish", target, "--base-url", "https://new.example.com/"]);
    assert!(is_well && said.contains("version 1.0 has links to another --base-url; publish it again"), "{said}");
    let (old, files) = old_version(Some("https://new.example.com/"));
    publish(folder.path(), &old, &files).unwrap();
    let (is_well, said) = program(&["--publish", target, "--base-url", "https://new.example.com/"]);
    assert!(is_well && !said.contains("another --base-url"), "{said}");
    assert_no_dead_link(folder.path(), Some("https://new.example.com/"));
    assert!(!tree(folder.path()).values().any(|bytes| String::from_utf8_lossy(bytes).contains(BASE)));
}
