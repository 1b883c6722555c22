use std::net::TcpStream;
use std::path::Path;

use super::*;

#[test]
fn a_cluster_answers_and_leaves_nothing_behind_when_it_is_dropped() {
    let postgres = Postgres::start(&PostgresOptions::default()).unwrap();
    let cluster = postgres.sql("postgres", "SHOW data_directory").unwrap();
    assert_eq!(postgres.sql("postgres", "SHOW fsync").unwrap(), "off");
    let port = postgres.port();
    drop(postgres);
    assert!(!Path::new(&cluster).parent().unwrap().exists());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_durable_cluster_in_a_folder_of_its_own_keeps_its_databases() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let options = PostgresOptions {
        dir: Some(folder.path().join("pg")),
        durable: true,
    };
    let first = Postgres::start(&options).unwrap();
    first.ensure_database("kept").unwrap();
    first.ensure_database("kept").unwrap();
    assert_eq!(first.sql("postgres", "SHOW fsync").unwrap(), "on");
    drop(first);
    let second = Postgres::start(&options).unwrap();
    assert_eq!(
        second.sql("kept", "SELECT current_database()").unwrap(),
        "kept"
    );
}

#[test]
fn every_test_gets_a_database_of_its_own_that_goes_with_it() {
    let postgres = Postgres::shared().unwrap();
    let first = postgres.database("own", None).unwrap();
    let second = postgres.database("own", None).unwrap();
    assert_ne!(first.name(), second.name());
    postgres
        .sql(first.name(), "CREATE TABLE only_here (n int)")
        .unwrap();
    assert!(
        postgres
            .sql(second.name(), "SELECT * FROM only_here")
            .is_err()
    );
    let name = first.name().to_owned();
    drop(first);
    assert!(postgres.sql(&name, "SELECT 1").is_err());
}

#[test]
fn a_template_is_filled_once_and_copied() {
    let postgres = Postgres::shared().unwrap();
    let name = format!("template_{}", std::process::id());
    let Template::Unfilled(unfilled) = postgres.template(&name).unwrap() else {
        panic!("nobody has filled it yet")
    };
    postgres
        .sql(&format!("{name}_draft"), "CREATE TABLE filled (n int)")
        .unwrap();
    assert_eq!(unfilled.finish().unwrap(), name);
    assert!(matches!(
        postgres.template(&name).unwrap(),
        Template::Ready(_)
    ));
    let copy = postgres.database("copy", Some(&name)).unwrap();
    assert_eq!(
        postgres
            .sql(copy.name(), "SELECT count(*) FROM filled")
            .unwrap(),
        "0"
    );
}

#[test]
fn the_owner_of_test_databases_is_no_superuser() {
    let postgres = Postgres::shared().unwrap();
    let asked = format!("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = '{OWNER}'");
    assert_eq!(postgres.sql("postgres", &asked).unwrap(), "f");
}

#[test]
fn a_name_that_would_need_quoting_is_refused() {
    let postgres = Postgres::shared().unwrap();
    assert!(
        postgres
            .create_database("a\"; DROP DATABASE b; --", None)
            .is_err()
    );
}
