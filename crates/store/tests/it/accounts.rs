//! People, their links and their limits, where several act at the same moment.

use crate::world::{Engine, Home, World, on_both_engines};
use fluxprint_domain::id::{OrganisationId, PersonId, ProjectId, SignInId};
use fluxprint_domain::role::Role;
use fluxprint_domain::{Refusal, Sha256};
use fluxprint_store::studio::link::{Link, NewLink, Purpose};
use fluxprint_store::studio::person::NewPerson;
use fluxprint_store::studio::session::NewSession;
use fluxprint_store::studio::sign_in::Verdict;
use fluxprint_store::{StoreError, StudioStore};
use sqlx::{Connection, PgConnection, Row};

struct People<'a> {
    world: &'a World,
    store: StudioStore,
    org: OrganisationId,
}

impl<'a> People<'a> {
    async fn of(world: &'a World) -> Self {
        let store = StudioStore::open(&world.config).await.unwrap();
        let org = world.id();
        let made = store.ensure_organisation(org, "Workshop", "test", world.now());
        made.await.unwrap();
        Self { world, store, org }
    }

    async fn member(&self, org: OrganisationId, role: Role) -> PersonId {
        let (id, drafts): (PersonId, ProjectId) = (self.world.id(), self.world.id());
        let email = format!("{}@example.org", id.uuid().simple());
        let new = NewPerson {
            id,
            email: &email,
            name: "Ada",
            password_hash: "",
        };
        let (members, now) = (self.store.members(org), self.world.now());
        members.add(&new, role, drafts, "test", now).await.unwrap();
        id
    }

    async fn link(&self, purpose: Purpose, person: Option<PersonId>) -> Sha256 {
        self.link_by("test", purpose, person).await
    }

    async fn link_by(&self, who: &str, purpose: Purpose, person: Option<PersonId>) -> Sha256 {
        let secret = self.world.hash();
        let role = match purpose {
            Purpose::Setup => Role::Owner,
            _ => Role::Editor,
        };
        let new = NewLink {
            id: self.world.id(),
            secret_sha256: secret,
            purpose,
            role: person.is_none().then_some(role),
            project: None,
            person,
            email: None,
            expires_at: self.world.now().plus_s(60),
        };
        let links = self.store.links(self.org);
        links.create(&new, who, self.world.now()).await.unwrap();
        secret
    }

    async fn open(&self, secret: Sha256) -> Option<Link> {
        let found = self.store.link_by_secret(secret, self.world.now()).await;
        found.unwrap()
    }

    /// What becomes of it when somebody chooses a new password by this link.
    async fn reset(&self, secret: Sha256) -> Result<Vec<SignInId>, StoreError> {
        let link = self.open(secret).await.unwrap();
        let session = NewSession {
            id: self.world.id(),
            secret_sha256: self.world.hash(),
            device: "x",
        };
        let links = self.store.links(self.org);
        links.reset(&link, "hash", &session, self.world.now()).await
    }
}

on_both_engines! {
    async fn of_many_who_hold_a_link_one_comes_in(world) {
        let people = People::of(&world).await;
        let secret = people.link(Purpose::Invitation, None).await;
        let found = people.store.link_by_secret(secret, world.now()).await.unwrap().unwrap();
        let enter = async |n: u8| {
            let email = format!("guest{n}@example.org");
            let new = NewPerson { id: world.id(), email: &email, name: "Guest", password_hash: "" };
            let session = NewSession { id: world.id(), secret_sha256: world.hash(), device: "x" };
            let links = people.store.links(people.org);
            links.enter(&found, &new, world.id(), &session, world.now()).await
        };
        let (a, b, c) = tokio::join!(enter(1), enter(2), enter(3));
        let came_in = [a, b, c].iter().filter(|done| done.is_ok()).count();
        assert_eq!(came_in, 1);
        assert_eq!(people.store.members(people.org).list().await.unwrap().len(), 1);
        assert_eq!(people.store.link_by_secret(secret, world.now()).await.unwrap(), None);
    }

    async fn of_two_owners_who_leave_at_once_one_stays(world) {
        let people = People::of(&world).await;
        let one = people.member(people.org, Role::Owner).await;
        let other = people.member(people.org, Role::Owner).await;
        let members = people.store.members(people.org);
        let (one_id, other_id) = (one.to_string(), other.to_string());
        let (a, b) = tokio::join!(
            members.remove(one, (&one_id, Role::Owner), world.now()),
            members.set_role(other, Role::Viewer, (&other_id, Role::Owner), world.now()),
        );
        let refused = [a, b].into_iter().filter(|done| {
            matches!(done, Err(StoreError::Refused(Refusal::LastOwner)))
        });
        assert_eq!(refused.count(), 1);
        let left = members.list().await.unwrap();
        assert_eq!(left.iter().filter(|member| member.role == Role::Owner).count(), 1);
    }

    async fn tries_that_come_at_once_are_all_counted(world) {
        let people = People::of(&world).await;
        let (account, address) = (world.hash(), world.hash());
        let tries = (0..20).map(|_| {
            let store = people.store.clone();
            let now = world.now();
            tokio::spawn(async move { store.sign_ins().begin(&[account, address], now).await })
        });
        let mut let_in = 0;
        for one in tries.collect::<Vec<_>>() {
            if one.await.unwrap().unwrap() == Verdict::Go {
                let_in += 1;
            }
        }
        assert_eq!(let_in, 5);
        let sign_ins = people.store.sign_ins();
        let other = sign_ins.begin(&[world.hash(), address], world.now()).await.unwrap();
        assert_eq!(other, Verdict::Wait { retry_after_s: 60 });
        assert!(!sign_ins.knows(world.hash()).await.unwrap());
        let later = world.now().plus_s(1);
        assert_eq!(sign_ins.prune(later, later).await.unwrap(), 3);
        assert_eq!(sign_ins.begin(&[account], world.now()).await.unwrap(), Verdict::Go);
    }

    async fn two_people_do_not_share_an_address(world) {
        let people = People::of(&world).await;
        let new = |id| NewPerson { id, email: "ada@example.org", name: "Ada", password_hash: "" };
        let members = people.store.members(people.org);
        let add = async |id: PersonId| {
            members.add(&new(id), Role::Viewer, world.id(), "test", world.now()).await
        };
        add(world.id()).await.unwrap();
        let second = add(world.id()).await;
        let taken = matches!(&second, Err(StoreError::Conflict(index)) if index == "people_email");
        assert!(taken, "{second:?}");
        assert_eq!(members.list().await.unwrap().len(), 1, "nothing half-written");
    }

    async fn a_person_is_found_in_every_organisation_of_theirs_and_no_other(world) {
        let people = People::of(&world).await;
        let other: OrganisationId = world.id();
        let made = people.store.ensure_organisation(other, "Other", "test", world.now());
        made.await.unwrap();
        let ada = people.member(people.org, Role::Editor).await;
        people.member(other, Role::Owner).await;
        let found = people.store.people().memberships(ada).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].org, found[0].role), (people.org, Role::Editor));
        assert_eq!(people.store.members(other).standing(ada).await.unwrap(), None);
        let standing = people.store.members(people.org).standing(ada).await.unwrap().unwrap();
        let drafts: Vec<_> = standing.projects.values().collect();
        assert_eq!(drafts, [&Role::Editor], "drafts, in the role of the organisation");
    }

    async fn a_newer_link_for_somebody_replaces_the_older_one(world) {
        let people = People::of(&world).await;
        let ada = people.member(people.org, Role::Editor).await;
        let older = people.link(Purpose::Reset, Some(ada)).await;
        let newer = people.link(Purpose::Reset, Some(ada)).await;
        let found = async |secret| people.store.link_by_secret(secret, world.now()).await.unwrap();
        assert_eq!(found(older).await, None);
        assert_eq!(found(newer).await.unwrap().person, Some(ada));
        assert_eq!(found(world.hash()).await, None);
        let late = world.now().plus_s(60);
        assert_eq!(people.store.link_by_secret(newer, late).await.unwrap(), None);
        assert_eq!(people.store.links(people.org).prune(late.plus_s(1)).await.unwrap(), 2);
    }

    async fn a_link_to_a_new_password_gives_no_more_than_its_maker_may_give_now(world) {
        let people = People::of(&world).await;
        let manager = people.member(people.org, Role::Manager).await.to_string();
        let ada = people.member(people.org, Role::Editor).await;
        let in_time = people.link_by(&manager, Purpose::Reset, Some(ada)).await;
        people.reset(in_time).await.unwrap();

        let late = people.link_by(&manager, Purpose::Reset, Some(ada)).await;
        let theirs = People { world: &world, store: people.store.clone(), org: world.id() };
        let made = theirs.store.ensure_organisation(theirs.org, "Other", "test", world.now());
        made.await.unwrap();
        let invitation = theirs.link(Purpose::Invitation, None).await;
        let invitation = theirs.open(invitation).await.unwrap();
        let links = theirs.store.links(theirs.org);
        links.join(&invitation, ada, world.id(), None, world.now()).await.unwrap();
        assert!(matches!(people.reset(late).await, Err(StoreError::Stale)));
        let by_operator = people.link(Purpose::Reset, Some(ada)).await;
        people.reset(by_operator).await.unwrap();
    }

    async fn a_link_for_somebody_is_worth_nothing_after_another_role_or_password(world) {
        let people = People::of(&world).await;
        let ada = people.member(people.org, Role::Editor).await;
        let by = ("test", Role::Owner);
        let members = people.store.members(people.org);
        let before = people.link(Purpose::Reset, Some(ada)).await;
        members.set_role(ada, Role::Owner, by, world.now()).await.unwrap();
        assert_eq!(people.open(before).await, None);

        let sign_in = people.link(Purpose::SignIn, Some(ada)).await;
        let reset = people.link(Purpose::Reset, Some(ada)).await;
        people.reset(reset).await.unwrap();
        assert_eq!(people.open(sign_in).await, None);
    }

    async fn an_invitation_does_not_outlive_the_role_of_whoever_made_it(world) {
        let people = People::of(&world).await;
        let members = people.store.members(people.org);
        let by = ("test", Role::Owner);
        let ada = people.member(people.org, Role::Manager).await;
        let invite = async || people.link_by(&ada.to_string(), Purpose::Invitation, None).await;
        let (raised, others) = (invite().await, people.link(Purpose::Invitation, None).await);
        members.set_role(ada, Role::Owner, by, world.now()).await.unwrap();
        assert!(people.open(raised).await.is_some());
        people.member(people.org, Role::Owner).await;
        members.set_role(ada, Role::Viewer, by, world.now()).await.unwrap();
        assert_eq!(people.open(raised).await, None);
        let late = invite().await;
        members.remove(ada, by, world.now()).await.unwrap();
        assert_eq!(people.open(late).await, None);
        assert!(people.open(others).await.is_some());
    }

    async fn one_link_leads_to_the_first_owner_and_none_to_a_second(world) {
        let people = People::of(&world).await;
        let older = people.link(Purpose::Setup, None).await;
        let newer = people.link(Purpose::Setup, None).await;
        assert_eq!(people.open(older).await, None);
        people.member(people.org, Role::Owner).await;
        let link = people.open(newer).await.unwrap();
        let new = NewPerson { id: world.id(), email: "e@example.org", name: "Eve", password_hash: "" };
        let session = NewSession { id: world.id(), secret_sha256: world.hash(), device: "x" };
        let links = people.store.links(people.org);
        let entered = links.enter(&link, &new, world.id(), &session, world.now()).await;
        assert!(matches!(entered, Err(StoreError::Stale)), "{entered:?}");
    }
}

async fn as_studio(world: &World) -> PgConnection {
    let Home::Database(database) = &world.home else {
        panic!("PostgreSQL was asked for");
    };
    let url = database.url().replace("fluxprint@", "fluxprint_studio@");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    set(&mut connection, "search_path", "studio").await;
    connection
}

async fn set(connection: &mut PgConnection, name: &str, value: &str) {
    let set = sqlx::query("SELECT set_config($1, $2, false)")
        .bind(name)
        .bind(value);
    set.execute(connection).await.unwrap();
}

async fn count(connection: &mut PgConnection, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    let row = sqlx::query(sql).fetch_one(connection).await.unwrap();
    row.get(0)
}

#[tokio::test]
async fn a_studio_statement_that_forgets_its_organisation_sees_only_what_is_ones_own() {
    let world = World::new(Engine::Postgres).await;
    let people = People::of(&world).await;
    let ada = people.member(people.org, Role::Editor).await;
    people.member(people.org, Role::Owner).await;
    let secret = people.link(Purpose::Reset, Some(ada)).await;
    people.link(Purpose::Invitation, None).await;
    let mut connection = as_studio(&world).await;
    let walled = ["members", "links", "projects", "audit", "outbox"];
    for table in walled {
        assert_eq!(
            count(&mut connection, table).await,
            0,
            "{table} before anybody is named"
        );
    }
    let other: OrganisationId = world.id();
    set(
        &mut connection,
        "fluxprint.org",
        &other.uuid().hyphenated().to_string(),
    )
    .await;
    for table in walled {
        assert_eq!(
            count(&mut connection, table).await,
            0,
            "{table} of another organisation"
        );
    }
    set(
        &mut connection,
        "fluxprint.person",
        &ada.uuid().hyphenated().to_string(),
    )
    .await;
    assert_eq!(
        count(&mut connection, "members").await,
        1,
        "one's own membership"
    );
    set(
        &mut connection,
        "fluxprint.link_secret",
        &secret.to_string(),
    )
    .await;
    assert_eq!(
        count(&mut connection, "links").await,
        1,
        "the link whose secret is known"
    );
    let sql = "UPDATE members SET role = 'owner'";
    let raised = sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    assert_eq!(raised.rows_affected(), 0, "seeing is not changing");
    let org = people.org.uuid().hyphenated().to_string();
    set(&mut connection, "fluxprint.org", &org).await;
    assert_eq!(count(&mut connection, "members").await, 2);
}
