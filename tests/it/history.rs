//! The history of a guarantee with many versions costs no more questions than a short one's.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::house::House;
use crate::house::desk::{Desk, Ware};
use crate::house::visitor::Visitor;
use crate::life::asking;

/// Visible versions of the long history.
const LONG: usize = 50;

/// Counts the statements this thread sends to the database.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Counter {
    async fn of(&self, visitor: &mut Visitor, path: &str) -> usize {
        // Once before: what is only asked for now and then is out of the way.
        visitor.get(path).await.is(200);
        let before = self.0.load(Ordering::Relaxed);
        visitor.get(path).await.is(200);
        self.0.load(Ordering::Relaxed) - before
    }
}

#[tokio::test]
async fn fifty_versions_are_shown_with_as_many_queries_as_two() {
    let counter = Counter::default();
    // With one listener alone only the thread that meets a place in the code first would be asked.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let listening = tracing_subscriber::registry().with(counter.clone());
    let listening = tracing::subscriber::set_default(listening);
    let house = House::new().await;
    let desk = Desk::at(&house).await;
    let ware = Ware::Electronic;
    let (_, number) = desk.issued(&desk.form(ware), ware.product()).await;
    let key = desk.key(&number).await;
    let mut contractor = house.contractor("minato.soumu").await;
    let mut officer = house.officer("kanagawa.clerk").await;
    let mut town = house.stranger();
    let mut counts = Vec::new();
    for version in 2..=LONG {
        let day = format!("令和9年{}月1日", 4 + version % 2);
        desk.changed(&number, &asking(&[("period_to", &day)])).await;
        if version != 2 && version != LONG {
            continue;
        }
        let fields = [("number", number.as_str()), ("key", key.as_str())];
        town.submit("/dsure/", &fields).await.is(200);
        let newest = format!("変更ー{}", version - 1);
        let pages = [
            (&mut contractor, format!("/netdesk/guarantees/{number}")),
            (&mut officer, format!("/office/guarantees/{number}")),
            (&mut town, format!("/dsure/certificates/{version}")),
        ];
        let mut asked = Vec::new();
        for (visitor, path) in pages {
            visitor.get(&path).await.is(200).says(&newest);
            asked.push(counter.of(visitor, &path).await);
        }
        counts.push(asked);
    }
    assert!(counts[0].iter().all(|asked| *asked > 0), "{counts:?}");
    assert_eq!(counts[0], counts[1], "queries of each site");
    drop(listening);
    house.work().await;
    house.close().await;
}
