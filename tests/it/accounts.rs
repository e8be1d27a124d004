//! Coming in, staying in, and who says so.

use akashi::services::accounts::invitation::{self, Accepted, Purpose};
use akashi::services::accounts::password::{self, PasswordChange, PasswordFault};
use akashi::services::accounts::signin::{self, SignIn};
use akashi::services::accounts::{Door, SessionToken, sessions};
use akashi::services::health::{self, Audience};
use time::Duration;

use crate::gatehouse::{Gatehouse, PASSWORD};

pub const NEW: &str = "もっと長い合い言葉をここに書く";

pub async fn lives(house: &Gatehouse, token: &SessionToken) -> bool {
    let found = sessions::contractor_of(&house.app, token).await.unwrap();
    found.is_some()
}

#[tokio::test]
async fn the_right_people_come_in_by_their_own_door() {
    let house = Gatehouse::open("doors").await;
    let app = &house.app;
    let who = house.contractor("minato.keiri").await;
    assert_eq!((who.company(), who.suffix()), ("みなと建設株式会社", 'M'));
    assert!(who.role().may_write() && !who.role().may_send());
    let officer = house.officer("kanagawa.clerk").await;
    assert_eq!(
        (officer.branch_name(), officer.is_head()),
        ("神奈川支店", false)
    );
    // as typed on a Japanese keyboard
    let typed = "　Ｍｉｎａｔｏ．Soumu";
    let token = match signin::sign_in(app, Door::Netdesk, typed, PASSWORD, "n")
        .await
        .unwrap()
    {
        SignIn::In(token) => token,
        other => panic!("{other:?}"),
    };
    assert!(lives(&house, &token).await);
    assert!(sessions::officer_of(app, &token).await.unwrap().is_none());
    house
        .run("update accounts set disabled_at = now() where login = 'minato.viewer'")
        .await;
    for (door, login, password) in [
        (Door::Office, "minato.soumu", PASSWORD),
        (Door::Netdesk, "kanagawa.clerk", PASSWORD),
        (Door::Netdesk, "minato.soumu", "Correct horse 12"),
        (Door::Netdesk, "minato.viewer", PASSWORD),
        (Door::Netdesk, "nobody.here", PASSWORD),
        (Door::Netdesk, "a\0b", PASSWORD),
        (Door::Netdesk, "minato.soumu", &"x".repeat(10_000)),
        (Door::Netdesk, "", ""),
    ] {
        let answer = signin::sign_in(app, door, login, password, "n")
            .await
            .unwrap();
        assert!(matches!(answer, SignIn::Refused), "{login:?}: {answer:?}");
    }
    let stored = house
        .text("select string_agg(encode(token_sha256, 'hex'), ' ') from sessions")
        .await;
    assert!(!stored.contains(token.expose()));
    for site in [Audience::Netdesk, Audience::Office, Audience::Dsure] {
        health::ready(app, site).await.unwrap();
    }
    house.run("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)").await;
    assert!(health::ready(app, Audience::Netdesk).await.is_err());
}

#[tokio::test]
async fn only_failures_count_against_a_login_and_a_network() {
    let house = Gatehouse::open("limits").await;
    let app = &house.app;
    let attempt = async |login: &'static str, password: &'static str, network: &'static str| {
        signin::sign_in(app, Door::Netdesk, login, password, network)
            .await
            .unwrap()
    };
    for _ in 0..40 {
        assert!(matches!(
            attempt("minato.soumu", PASSWORD, "busy-town").await,
            SignIn::In(_)
        ));
    }
    for _ in 0..10 {
        assert!(matches!(
            attempt("minato.soumu", "wrong", "a").await,
            SignIn::Refused
        ));
    }
    let SignIn::Wait(seconds) = attempt("minato.soumu", PASSWORD, "b").await else {
        panic!("the eleventh try is held up, even a right one from elsewhere");
    };
    assert_eq!(seconds, 60);
    app.clock.advance(Duration::seconds(60));
    assert!(matches!(
        attempt("minato.soumu", PASSWORD, "b").await,
        SignIn::In(_)
    ));
    // an id that does not exist behaves the same
    for _ in 0..10 {
        assert!(matches!(
            attempt("nobody.here", "wrong", "c").await,
            SignIn::Refused
        ));
    }
    assert!(matches!(
        attempt("nobody.here", "wrong", "d").await,
        SignIn::Wait(60)
    ));
    // one network trying many ids
    for n in 0..30 {
        let login: &'static str = format!("guess-{n}").leak();
        assert!(
            matches!(attempt(login, "wrong", "spray").await, SignIn::Refused),
            "{n}"
        );
    }
    assert!(matches!(
        attempt("minato.sender", PASSWORD, "spray").await,
        SignIn::Wait(5)
    ));
    let names = house
        .text("select string_agg(bucket, ' ') from limits")
        .await;
    assert!(
        !names.contains("minato") && !names.contains("spray"),
        "{names}"
    );
}

#[tokio::test]
async fn many_tries_at_once_do_not_slip_through_together() {
    let house = Gatehouse::open("storm").await;
    let app = house.app.clone();
    let tries = (0..40).map(|n| {
        let app = app.clone();
        tokio::spawn(async move {
            signin::sign_in(
                &app,
                Door::Netdesk,
                "minato.soumu",
                "wrong",
                &format!("net-{n}"),
            )
            .await
        })
    });
    let mut refused = 0;
    for attempt in tries.collect::<Vec<_>>() {
        if matches!(attempt.await.unwrap(), Ok(SignIn::Refused)) {
            refused += 1;
        }
    }
    assert_eq!(refused, 10);
}

#[tokio::test]
async fn a_session_ends_by_rest_age_or_order() {
    let house = Gatehouse::open("sessions").await;
    let app = &house.app;
    let token = house.sign_in(Door::Netdesk, "minato.soumu").await;
    for _ in 0..24 {
        app.clock.advance(Duration::minutes(29));
        assert!(lives(&house, &token).await, "used every 29 minutes");
    }
    app.clock.advance(Duration::minutes(25));
    assert!(
        !lives(&house, &token).await,
        "over after 12 hours however busy"
    );
    let token = house.sign_in(Door::Netdesk, "minato.soumu").await;
    app.clock.advance(Duration::minutes(31));
    assert!(
        !lives(&house, &token).await,
        "over after half an hour's rest"
    );

    let (one, two) = (
        house.sign_in(Door::Netdesk, "minato.soumu").await,
        house.sign_in(Door::Netdesk, "minato.soumu").await,
    );
    signin::sign_out(app, Door::Netdesk, &one).await.unwrap();
    assert!(!lives(&house, &one).await && lives(&house, &two).await);

    let staff = house.sign_in(Door::Office, "kanagawa.clerk").await;
    house
        .run("update accounts set role = 'approver' where login = 'kanagawa.clerk'")
        .await;
    let officer = sessions::officer_of(app, &staff).await.unwrap().unwrap();
    assert!(
        officer.role().may_approve(),
        "a new role counts from the next request"
    );
    app.clock.advance(Duration::minutes(16));
    assert!(sessions::officer_of(app, &staff).await.unwrap().is_none());

    let count = "select (select count(*) from sessions) || ' ' || (select count(*) from limits)";
    sessions::sweep(app).await.unwrap();
    assert_eq!(
        house.text(count).await,
        "4 0",
        "ended sessions are remembered, full buckets not"
    );
    app.clock.advance(Duration::days(31));
    sessions::sweep(app).await.unwrap();
    assert_eq!(house.text(count).await, "0 0");
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let house = Gatehouse::open("password").await;
    let app = &house.app;
    let elsewhere = house.sign_in(Door::Netdesk, "minato.soumu").await;
    let who = house.contractor("minato.soumu").await;
    app.clock.advance(Duration::minutes(1));
    let change = async |old: &str, new: &str| password::change_password(app, &who, old, new).await;
    assert!(matches!(
        change("wrong", NEW).await,
        Ok(PasswordChange::WrongOld)
    ));
    assert!(matches!(
        change(PASSWORD, "short").await,
        Ok(PasswordChange::Refused(PasswordFault::TooShort))
    ));
    assert!(lives(&house, &elsewhere).await);
    let Ok(PasswordChange::Done(token)) = change(PASSWORD, NEW).await else {
        panic!("the right old password and a good new one");
    };
    assert!(lives(&house, &token).await && !lives(&house, &elsewhere).await);
    let old = signin::sign_in(app, Door::Netdesk, "minato.soumu", PASSWORD, "n")
        .await
        .unwrap();
    assert!(matches!(old, SignIn::Refused));
    let new = signin::sign_in(app, Door::Netdesk, "minato.soumu", NEW, "n")
        .await
        .unwrap();
    assert!(matches!(new, SignIn::In(_)));
    let officer = house.officer("honsha.admin").await;
    let changed = password::change_password(app, &officer, PASSWORD, NEW)
        .await
        .unwrap();
    assert!(matches!(changed, PasswordChange::Done(_)), "{changed:?}");
    let history = house
        .text("select string_agg(kind || ' ' || actor_name, ', ' order by id) from events")
        .await;
    assert_eq!(
        history,
        "password_changed minato.soumu, password_changed honsha.admin"
    );
    // guesses at the old password are limited as sign-ins are
    let thief = house.contractor("minato.viewer").await;
    for _ in 0..10 {
        let guess = password::change_password(app, &thief, "guess", NEW)
            .await
            .unwrap();
        assert!(matches!(guess, PasswordChange::WrongOld));
    }
    let guess = password::change_password(app, &thief, "guess", NEW)
        .await
        .unwrap();
    assert!(matches!(guess, PasswordChange::Wait(_)), "{guess:?}");
}

#[tokio::test]
async fn a_hundred_wrong_passwords_in_a_row_close_the_door_until_a_mailed_link_is_used() {
    let house = Gatehouse::open("streak").await;
    let app = &house.app;
    let attempt = async |login: &'static str, password: &'static str| {
        app.clock.advance(Duration::minutes(1));
        signin::sign_in(app, Door::Netdesk, login, password, "n")
            .await
            .unwrap()
    };
    let wrong = async |login: &'static str, times: usize| {
        for n in 0..times {
            assert!(
                matches!(attempt(login, "wrong").await, SignIn::Refused),
                "{n}"
            );
        }
    };
    let letters = "select count(*)::text from jobs where kind = 'mail_invitation'";
    // One success in between begins anew.
    wrong("minato.soumu", 99).await;
    assert!(matches!(
        attempt("minato.soumu", PASSWORD).await,
        SignIn::In(_)
    ));
    wrong("minato.soumu", 99).await;
    assert_eq!(house.text(letters).await, "0");
    assert!(matches!(
        attempt("minato.soumu", PASSWORD).await,
        SignIn::In(_)
    ));
    wrong("minato.soumu", 100).await;
    assert_eq!(house.text(letters).await, "1");
    // To the outside nothing tells it from a wrong password, nor from an id that is nobody's.
    assert!(matches!(
        attempt("minato.soumu", PASSWORD).await,
        SignIn::Refused
    ));
    wrong("minato.soumu", 5).await;
    wrong("nobody.here", 101).await;
    assert_eq!(house.text(letters).await, "1", "one letter, once");
    assert!(matches!(
        attempt("minato.viewer", PASSWORD).await,
        SignIn::In(_)
    ));
    let payload = house
        .text("select (payload - 'account')::text from jobs where kind = 'mail_invitation'")
        .await;
    assert_eq!(payload, r#"{"locked": true, "purpose": "reset"}"#);
    // A month later it is still closed.
    app.clock.advance(Duration::days(31));
    sessions::sweep(app).await.unwrap();
    assert!(matches!(
        attempt("minato.soumu", PASSWORD).await,
        SignIn::Refused
    ));
    let id: i64 = house
        .text("select id::text from accounts where login = 'minato.soumu'")
        .await
        .parse()
        .unwrap();
    let link = invitation::make_link(app, id, Purpose::Reset)
        .await
        .unwrap()
        .unwrap();
    let used = invitation::accept_invitation(app, Door::Netdesk, link.token().expose(), NEW)
        .await
        .unwrap();
    assert_eq!(used, Accepted::Done);
    assert!(matches!(attempt("minato.soumu", NEW).await, SignIn::In(_)));
    assert_eq!(
        house
            .text("select count(*)::text from jobs where kind = 'mail_password'")
            .await,
        "1",
        "a reset is told"
    );
}

#[tokio::test]
async fn a_new_password_ends_sessions_of_the_very_same_instant() {
    let house = Gatehouse::open("instant").await;
    let app = &house.app;
    let who = house.contractor("minato.soumu").await;
    let thief = house.sign_in(Door::Netdesk, "minato.soumu").await;
    // The clock stands still.
    let Ok(PasswordChange::Done(own)) = password::change_password(app, &who, PASSWORD, NEW).await
    else {
        panic!("the right old password and a good new one");
    };
    assert!(!lives(&house, &thief).await && lives(&house, &own).await);
    let told = house
        .text("select kind || ' ' || (payload ->> 'account') from jobs")
        .await;
    assert_eq!(told, format!("mail_password {}", who.account()));
    // What was typed in the ended one can still be given back to its owner.
    let owner = house
        .text("select count(*)::text from sessions s join accounts a on a.id = s.account_id where a.login = 'minato.soumu'")
        .await;
    assert_eq!(owner, "3");
}

#[tokio::test]
async fn a_cheaper_hash_of_earlier_days_is_replaced_on_the_way_in() {
    use akashi::vault::{Cost, Hashing, Vault};
    let house = Gatehouse::open("rehash").await;
    let stored =
        "select substring(password_phc from 'm=[0-9]+') from accounts where login = 'minato.soumu'";
    assert_eq!(house.text(stored).await, "m=64");
    let hashing = Hashing::new(None, 1, Cost::Real).unwrap();
    let app = akashi::app::App {
        vault: std::sync::Arc::new(Vault::new(None, None, hashing)),
        ..house.app.clone()
    };
    for _ in 0..2 {
        let entry = signin::sign_in(&app, Door::Netdesk, "minato.soumu", PASSWORD, "n").await;
        let Ok(SignIn::In(token)) = entry else {
            panic!("{entry:?}");
        };
        assert!(lives(&house, &token).await);
        assert_eq!(house.text(stored).await, "m=19456");
    }
}
