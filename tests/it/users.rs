//! Links, users and their administrators, terms, and the holders of keys.

use akashi::error::AppError;
use akashi::services::accounts::invitation::{self, Accepted, Purpose};
use akashi::services::accounts::password::PasswordFault;
use akashi::services::accounts::signin::{self, SignIn};
use akashi::services::accounts::users::{self, Created, Managed, NewUser, Steward};
use akashi::services::accounts::{Door, SessionToken, terms};
use akashi::services::holders;
use time::Duration;

use crate::accounts::{NEW, lives};
use crate::gatehouse::Gatehouse;

#[tokio::test]
async fn a_link_is_good_once_for_its_own_time_and_door() {
    let house = Gatehouse::open("links").await;
    let app = &house.app;
    let admin = house.contractor("minato.soumu").await;
    let steward = Steward::of_company(&admin).unwrap();
    let typed = NewUser {
        login: "Minato.New".into(),
        name: "神\u{FA19} 花子".into(),
        email: "hanako@minato.example".into(),
        role: "writer".into(),
        branch: None,
    };
    let Created::Done(account) = users::create_user(app, &steward, &typed).await.unwrap() else {
        panic!("a good new user");
    };
    let job = house.text("select kind || payload::text from jobs").await;
    assert_eq!(
        job,
        format!("mail_invitation{{\"account\": {account}, \"purpose\": \"invitation\"}}")
    );
    let link = invitation::make_link(app, account, Purpose::Invitation)
        .await
        .unwrap()
        .unwrap();
    assert!(
        link.url()
            .starts_with("https://netdesk.example/netdesk/invitations/")
    );
    assert!(!format!("{link:?}").contains(link.token().expose()));
    assert_eq!(
        (link.login.as_str(), link.name.as_str()),
        ("minato.new", "神\u{FA19} 花子")
    );
    let token = link.token().expose();
    let guest = invitation::invitation(app, Door::Netdesk, token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(guest.purpose, Purpose::Invitation);
    assert!(
        invitation::invitation(app, Door::Office, token)
            .await
            .unwrap()
            .is_none()
    );
    let accept = async |token: &str, new: &str| {
        invitation::accept_invitation(app, Door::Netdesk, token, new)
            .await
            .unwrap()
    };
    assert_eq!(
        accept(token, "minato.new-0123").await,
        Accepted::Refused(PasswordFault::HasLogin)
    );
    let second = invitation::make_link(app, account, Purpose::Invitation)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(accept(token, NEW).await, Accepted::Done);
    assert_eq!(accept(token, NEW).await, Accepted::Gone);
    assert_eq!(
        accept(second.token().expose(), NEW).await,
        Accepted::Gone,
        "one password, one link"
    );
    let entered = signin::sign_in(app, Door::Netdesk, "minato.new", NEW, "n")
        .await
        .unwrap();
    assert!(matches!(entered, SignIn::In(_)));

    assert_eq!(
        invitation::invite(app, &steward, account).await.unwrap(),
        Purpose::Reset
    );
    let reset = invitation::make_link(app, account, Purpose::Reset)
        .await
        .unwrap()
        .unwrap();
    app.clock.advance(Duration::minutes(30));
    assert_eq!(
        accept(reset.token().expose(), NEW).await,
        Accepted::Gone,
        "30 minutes are over"
    );
    for _ in 0..2 {
        invitation::invite(app, &steward, account).await.unwrap();
    }
    invitation::invite(app, &steward, account).await.unwrap();
    let fourth = invitation::invite(app, &steward, account).await;
    assert!(matches!(fourth, Err(AppError::TooMany(_))), "{fourth:?}");
}

#[tokio::test]
async fn administrators_manage_their_own_people_and_nobody_else() {
    let house = Gatehouse::open("users").await;
    let app = &house.app;
    let sender = house.contractor("minato.sender").await;
    assert!(matches!(
        Steward::of_company(&sender),
        Err(AppError::Denied(_))
    ));
    let clerk = house.officer("kanagawa.clerk").await;
    assert!(matches!(
        Steward::of_staff(&clerk),
        Err(AppError::Denied(_))
    ));

    let admin = house.contractor("minato.soumu").await;
    let company = Steward::of_company(&admin).unwrap();
    let logins: Vec<String> = users::list_users(app, &company)
        .await
        .unwrap()
        .into_iter()
        .map(|user| user.login)
        .collect();
    assert_eq!(
        logins,
        [
            "minato.keiri",
            "minato.sender",
            "minato.soumu",
            "minato.viewer"
        ]
    );
    let me = admin.account();
    assert_eq!(
        users::set_role(app, &company, me, "viewer").await.unwrap(),
        Managed::Oneself
    );
    assert_eq!(
        users::disable(app, &company, me).await.unwrap(),
        Managed::Oneself
    );
    let stranger = house.contractor("taisetsu.soumu").await.account();
    for result in [
        users::disable(app, &company, stranger).await,
        users::enable(app, &company, stranger).await,
        users::set_role(app, &company, stranger, "viewer").await,
        users::set_role(app, &company, sender.account(), "approver").await,
        users::disable(app, &company, clerk.account()).await,
    ] {
        assert!(matches!(result, Err(AppError::NotFound)), "{result:?}");
    }

    let token = house.sign_in(Door::Netdesk, "minato.sender").await;
    assert_eq!(
        users::disable(app, &company, sender.account())
            .await
            .unwrap(),
        Managed::Done
    );
    assert!(!lives(&house, &token).await, "closed at once");
    app.clock.advance(Duration::seconds(1));
    assert_eq!(
        users::enable(app, &company, sender.account())
            .await
            .unwrap(),
        Managed::Done
    );
    assert!(
        !lives(&house, &token).await,
        "and the old session stays closed"
    );

    // two administrators, each removing the other at the same moment: one stays
    users::set_role(app, &company, sender.account(), "viewer")
        .await
        .unwrap();
    let changed = house
        .text("select detail ->> 'from' || ' ' || (detail ->> 'to') from events where kind = 'account_role' order by id desc limit 1")
        .await;
    assert_eq!(changed, "sender viewer", "history says from what to what");
    users::set_role(app, &company, sender.account(), "administrator")
        .await
        .unwrap();
    let other = house.contractor("minato.sender").await;
    let theirs = Steward::of_company(&other).unwrap();
    let (one, two) = tokio::join!(
        users::disable(app, &company, other.account()),
        users::disable(app, &theirs, me)
    );
    let outcomes = [one.unwrap(), two.unwrap()];
    assert!(outcomes.contains(&Managed::Done), "{outcomes:?}");
    assert!(
        outcomes.contains(&Managed::LastAdministrator),
        "{outcomes:?}"
    );

    let staff = Steward::of_staff(&house.officer("honsha.admin").await).unwrap();
    let typed = |login: &str, branch| NewUser {
        login: login.into(),
        name: "新任".into(),
        email: "new@mirai.example".into(),
        role: "clerk".into(),
        branch,
    };
    let taken = NewUser {
        email: "KANAGAWA.clerk@minato.example".into(),
        ..typed("kanagawa.second", Some(2))
    };
    match users::create_user(app, &staff, &taken).await.unwrap() {
        Created::Refused(faults) => {
            assert_eq!(faults[0].field, "email");
            assert!(faults[0].sentence.contains("ほかの職員"), "{faults:?}");
        }
        Created::Done(_) => panic!("one person, two accounts"),
    }
    let refused = |created: Created| match created {
        Created::Refused(faults) => faults.into_iter().map(|fault| fault.field).collect(),
        Created::Done(_) => Vec::new(),
    };
    for (login, branch, fields) in [
        ("kanagawa.new", None, vec!["branch"]),
        ("kanagawa.new", Some(3), vec!["branch"]),
        ("minato.soumu", Some(2), vec!["login"]),
        ("み", Some(2), vec!["login"]),
        ("kanagawa.new", Some(2), vec![]),
    ] {
        let created = users::create_user(app, &staff, &typed(login, branch))
            .await
            .unwrap();
        assert_eq!(refused(created), fields, "{login} {branch:?}");
    }
    let admin = house.officer("honsha.admin").await;
    let foreign = Steward::of_contractor(&admin, 2).unwrap();
    assert!(users::list_users(app, &foreign).await.unwrap().is_empty());
    let typed = NewUser {
        role: "writer".into(),
        ..typed("taisetsu.new", None)
    };
    let created = users::create_user(app, &foreign, &typed).await;
    assert!(matches!(created, Err(AppError::NotFound)), "{created:?}");
    let own = Steward::of_contractor(&admin, 1).unwrap();
    assert_eq!(users::list_users(app, &own).await.unwrap().len(), 4);
}

#[tokio::test]
async fn the_terms_are_accepted_once_per_version() {
    let house = Gatehouse::open("terms").await;
    let who = house.contractor("minato.keiri").await;
    assert!(!terms::accepted(&who));
    let stale = terms::accept_terms(&house.app, &who, terms::CURRENT + 1).await;
    assert!(matches!(stale, Err(AppError::Conflict(_))));
    for _ in 0..2 {
        terms::accept_terms(&house.app, &who, terms::CURRENT)
            .await
            .unwrap();
    }
    assert!(terms::accepted(&house.contractor("minato.keiri").await));
    assert_eq!(
        house
            .text("select count(*)::text from terms_acceptances")
            .await,
        "1"
    );
}

#[tokio::test]
async fn a_key_holders_session_ends_with_the_key() {
    let house = Gatehouse::open("holders").await;
    let app = &house.app;
    house
        .run(
            "insert into dsure.deposits (number, suffix, surety_name, key_version, verifier, deposited_at)
               values ('35075-00001', 'M', 'みらい', 1, '-', '2026-07-01Z');
             insert into dsure.sessions (token_sha256, number, key_version, network, created_at, seen_at)
               values (sha256('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_'), '35075-00001', 1, 'n',
                       '2026-07-01Z', '2026-07-01Z')",
        )
        .await;
    let token = SessionToken::read("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_").unwrap();
    let find = async || holders::holder_of(app, &token).await.unwrap();
    assert_eq!(find().await.unwrap().number(), "35075-00001");
    house.run("update dsure.deposits set key_version = 2").await;
    assert!(find().await.is_none());
    house.run("update dsure.deposits set key_version = 1").await;
    app.clock.advance(Duration::minutes(14));
    assert!(find().await.is_some());
    app.clock.advance(Duration::minutes(16));
    assert!(find().await.is_none());
    holders::sign_out(app, &token).await.unwrap();
    assert_eq!(
        house
            .text("select count(*)::text from dsure.sessions")
            .await,
        "0"
    );
}
