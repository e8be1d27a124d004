-- 保証申込: the form as typed (drafts survive anything), the contents as sent, one item per product.
create table applications (
  id uuid primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  -- 申込送信先; null until the draft names one
  branch_id bigint,
  stage text not null constraint applications_stage
    check (stage in ('draft', 'submitted', 'under_examination', 'returned', 'withdrawn', 'closed')),
  receipt_no text,
  -- fields as typed: {"name": "value"}
  form jsonb not null,
  -- typed contents, as last sent
  content jsonb,
  revision integer not null default 1,
  obligee_name text not null default '',
  works_name text not null default '',
  works_search text not null default '',
  price bigint,
  created_by text not null,
  created_at timestamptz not null,
  updated_by text not null,
  updated_at timestamptz not null,
  sent_by text,
  sent_at timestamptz,
  examiner_id bigint references accounts,
  examined_at timestamptz,
  -- words with the last return
  return_words text,
  constraint applications_of_contractor unique (surety_id, contractor_id, id),
  constraint applications_receipt_once unique (surety_id, receipt_no),
  constraint applications_contractor foreign key (surety_id, contractor_id) references contractors (surety_id, id),
  constraint applications_branch foreign key (surety_id, branch_id) references branches (surety_id, id),
  constraint applications_sent_whole check (stage = 'draft'
    or (content is not null and branch_id is not null and receipt_no is not null and sent_at is not null))
);
create index applications_of_contractor_newest on applications (surety_id, contractor_id, updated_at desc, id);
create index applications_of_branch on applications (surety_id, branch_id, stage, sent_at);

create table application_items (
  id uuid primary key,
  application_id uuid not null,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  product text not null constraint items_product check (product in ('prepayment', 'contract')),
  form text not null constraint items_form check (form in ('paper', 'electronic')),
  amount bigint not null constraint items_amount check (amount > 0),
  fee_method text not null,
  state text not null constraint items_state check (state in ('submitted', 'under_examination',
    'returned', 'awaiting_approval', 'approved', 'ordered', 'issued', 'declined', 'withdrawn')),
  sent_at timestamptz not null,
  -- who passed it on for approval
  examined_by bigint references accounts,
  approved_by bigint references accounts,
  approved_at timestamptz,
  -- SHA-256 of what was approved
  approved_sha256 bytea,
  ordered_by bigint references accounts,
  ordered_at timestamptz,
  -- 謝絶の理由, or why an order came back
  reason text,
  constraint items_product_once unique (application_id, product),
  constraint items_of_contractor unique (surety_id, contractor_id, id),
  constraint items_application foreign key (surety_id, contractor_id, application_id)
    references applications (surety_id, contractor_id, id),
  constraint items_branch foreign key (surety_id, branch_id) references branches (surety_id, id),
  constraint items_four_eyes check (approved_by is null or approved_by <> examined_by),
  constraint items_approval_whole check (state not in ('approved', 'ordered', 'issued')
    or (approved_by is not null and approved_at is not null and approved_sha256 is not null and examined_by is not null))
);
create index items_of_contractor_newest on application_items (surety_id, contractor_id, sent_at desc, id desc);
create index items_by_application on application_items (application_id);

-- 受付番号 R8-000017: a counter per surety and era year.
create table receipt_counters (
  surety_id bigint not null references sureties,
  era_year text not null,
  next integer not null,
  primary key (surety_id, era_year)
);

-- 入金確認: a clerk saw the fee arrive.
create table payments (
  id uuid primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  item_id uuid not null,
  amount bigint not null constraint payments_amount check (amount > 0),
  paid_on date not null,
  confirmed_by bigint not null references accounts,
  confirmed_at timestamptz not null,
  constraint payments_item foreign key (surety_id, contractor_id, item_id)
    references application_items (surety_id, contractor_id, id)
);
create index payments_by_item on payments (item_id);

-- What happened, to whom, by whom: never rewritten.
create table events (
  id bigint generated always as identity primary key,
  surety_id bigint not null,
  contractor_id bigint,
  branch_id bigint,
  application_id uuid,
  product text,
  guarantee_id bigint,
  at timestamptz not null,
  -- netdesk | office | dsure | worker
  actor_site text not null,
  actor_id bigint,
  actor_name text not null,
  kind text not null,
  words text not null default '',
  detail jsonb not null default '{}',
  -- the contractor's history shows it
  shown boolean not null default true
);
create index events_by_application on events (application_id, id) where application_id is not null;
create index events_by_guarantee on events (guarantee_id, id) where guarantee_id is not null;

alter table applications enable row level security;
alter table applications force row level security;
alter table application_items enable row level security;
alter table application_items force row level security;
alter table receipt_counters enable row level security;
alter table receipt_counters force row level security;
alter table payments enable row level security;
alter table payments force row level security;
alter table events enable row level security;
alter table events force row level security;

create policy contractor_own on applications to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy sent on applications to office
  using (surety_id = app_surety() and stage <> 'draft' and app_sees_branch(branch_id));
create policy all_of_them on applications to worker using (true);
create policy contractor_own on application_items to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy office_own on application_items to office
  using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy all_of_them on application_items to worker using (true);
create policy contractor_own on receipt_counters to netdesk using (surety_id = app_surety());
create policy contractor_own on payments to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy office_own on payments to office using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy all_of_them on payments to worker using (true);
create policy contractor_own on events to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and shown)
  with check (surety_id = app_surety() and contractor_id = app_contractor());
create policy office_own on events to office
  using (surety_id = app_surety() and (branch_id is null or app_sees_branch(branch_id)));
create policy all_of_them on events to worker using (true) with check (true);

grant select, insert, update, delete on applications to netdesk;
-- the office reads what was sent, never what is being typed
grant select (id, surety_id, contractor_id, branch_id, stage, receipt_no, content, revision,
  obligee_name, works_name, works_search, price, created_by, created_at, updated_by, updated_at,
  sent_by, sent_at, examiner_id, examined_at, return_words) on applications to office;
grant update (stage, examiner_id, examined_at, return_words, revision, updated_by, updated_at) on applications to office;
grant select, update (stage) on applications to worker;
grant select, insert, update, delete on application_items to netdesk;
grant select, update on application_items to office, worker;
grant select, insert, update on receipt_counters to netdesk;
grant select on payments to netdesk, worker;
grant select, insert on payments to office;
grant select, insert on events to netdesk, office, worker;

create trigger append_only before update or delete on payments
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on payments
  for each statement execute function refuse_rewriting();
create trigger append_only before update or delete on events
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on events
  for each statement execute function refuse_rewriting();
