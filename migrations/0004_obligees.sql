-- What each surety knows of each obligee: a register, and rule books as versioned data.
create table obligees (
  id bigint generated always as identity primary key,
  surety_id bigint not null references sureties,
  -- the body: 駒ヶ根市
  name text not null,
  -- 被保証者 as printed: 駒ヶ根市長
  title_name text not null,
  created_at timestamptz not null,
  constraint obligees_of_surety unique (surety_id, id),
  constraint obligees_name_once unique (surety_id, name)
);

create table rule_books (
  id bigint generated always as identity primary key,
  surety_id bigint not null,
  obligee_id bigint not null,
  version integer not null,
  book jsonb not null,
  created_by text not null,
  created_at timestamptz not null,
  constraint rule_books_version_once unique (surety_id, obligee_id, version),
  constraint rule_books_obligee foreign key (surety_id, obligee_id) references obligees (surety_id, id)
);

alter table obligees enable row level security;
alter table obligees force row level security;
alter table rule_books enable row level security;
alter table rule_books force row level security;
create policy own on obligees to netdesk, office using (surety_id = app_surety());
create policy own on rule_books to netdesk, office using (surety_id = app_surety());
create policy all_of_them on obligees to worker using (true);
create policy all_of_them on rule_books to worker using (true);
grant select on obligees, rule_books to netdesk, office, worker;
grant insert, update on obligees to office;
grant insert on rule_books to office;
create trigger append_only before update or delete on rule_books
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on rule_books
  for each statement execute function refuse_rewriting();
