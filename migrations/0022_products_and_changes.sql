-- The whole life of a guarantee: four products; applications for a new guarantee, a reservation or a
-- change; acts of the branch (訂正, 変更取消, 解約) with four eyes; renewal of the key. Every act and
-- every change is one more signed link of the guarantee's chain of certificates.

alter table application_items drop constraint items_product;
alter table application_items add constraint items_product
  check (product in ('prepayment', 'midterm', 'contract', 'reservation'));
-- A reservation is never electronic.
alter table application_items add constraint items_reservation_on_paper
  check (product <> 'reservation' or form = 'paper');

alter table applications add column kind text not null default 'new'
  constraint applications_kind check (kind in ('new', 'reservation', 'change'));
-- Whose change it is.
alter table applications add column guarantee_id bigint;
alter table applications add constraint applications_changed check ((kind = 'change') = (guarantee_id is not null));
alter table applications add constraint applications_guarantee
  foreign key (surety_id, contractor_id, guarantee_id) references guarantees (surety_id, contractor_id, id);
grant select (kind, guarantee_id) on applications to office;
create index applications_of_guarantee on applications (guarantee_id) where guarantee_id is not null;
-- One change of a guarantee is written at a time.
create unique index applications_one_change_at_a_time on applications (guarantee_id)
  where kind = 'change' and stage not in ('withdrawn', 'closed');

-- An application stays what it began as.
create function keep_kind() returns trigger language plpgsql as $$
begin
  if (new.kind, new.guarantee_id) is distinct from (old.kind, old.guarantee_id) then
    raise exception 'an application stays of its kind' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger kind_stays before update on applications for each row execute function keep_kind();

-- The guarantee an item made or changes. Product and form are the guarantee's: paper and electronic
-- never mix within one (seed 003, Q5), whoever tries and however many at once.
alter table guarantees add constraint guarantees_product
  check (product in ('prepayment', 'midterm', 'contract', 'reservation'));
alter table guarantees add constraint guarantees_form
  check (form in ('paper', 'electronic') and (product <> 'reservation' or form = 'paper'));
alter table guarantees add constraint guarantees_in_one_form
  unique (surety_id, contractor_id, id, product, form);
alter table application_items add column guarantee_id bigint;
-- The version a change was built on.
alter table application_items add column base_seq integer;
alter table application_items no force row level security;
alter table guarantees no force row level security;
update application_items i set guarantee_id = g.id from guarantees g where g.item_id = i.id;
alter table guarantees force row level security;
alter table application_items force row level security;
alter table application_items add constraint items_in_the_guarantees_form
  foreign key (surety_id, contractor_id, guarantee_id, product, form)
  references guarantees (surety_id, contractor_id, id, product, form);
create unique index items_one_change_at_a_time on application_items (guarantee_id)
  where base_seq is not null and state not in ('issued', 'declined', 'withdrawn');
create index items_by_guarantee on application_items (guarantee_id) where guarantee_id is not null;
grant update (guarantee_id) on application_items to worker;
grant update (base_seq) on application_items to netdesk;

-- A link of the chain comes from an item (new, change) or from an act (correction, cancellation, end).
alter table certificates add column item_id uuid;
alter table certificates add column act_id uuid;
-- 変更取消 and 解約 are statements about certificates, no certificates people open.
alter table certificates add column kind text not null default 'certificate'
  constraint certificates_kind check (kind in ('certificate', 'statement'));

-- Certificates that were corrected or cancelled since, and by which link: the contractor does not see
-- them any more (seed 000: 「訂正、変更取消された履歴は表示されません」).
create table withdrawn_links (
  guarantee_id bigint not null,
  seq integer not null,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  by_seq integer not null,
  primary key (guarantee_id, seq),
  constraint withdrawn_links_link foreign key (guarantee_id, seq) references certificates (guarantee_id, seq),
  constraint withdrawn_links_by foreign key (guarantee_id, by_seq) references certificates (guarantee_id, seq)
);
alter table withdrawn_links enable row level security;
alter table withdrawn_links force row level security;
create policy contractor_reads on withdrawn_links for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy office_reads on withdrawn_links for select to office
  using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy all_of_them on withdrawn_links to worker using (true) with check (true);
grant select on withdrawn_links to netdesk, office;
grant select, insert on withdrawn_links to worker;
create trigger append_only before update or delete on withdrawn_links
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on withdrawn_links
  for each statement execute function refuse_rewriting();

-- What holds now, for lists and searches: reckoned anew from the signed chain with every link.
alter table guarantees add column terminated_on date;
grant update (obligee_name, works_name, works_search, contractor_name, jv_name, jv_representative, price,
  amount, until, bank, terminated_on) on guarantees to worker;

-- The signed bytes belong to this guarantee, this form and this place in the chain, and nothing
-- follows the end.
create function link_fits() returns trigger language plpgsql as $$
declare
  face jsonb := convert_from(new.face, 'UTF8')::jsonb;
  own guarantees;
  before bytea;
begin
  select * into own from guarantees where id = new.guarantee_id;
  if (face ->> 'number', face ->> 'product', face ->> 'form', (face ->> 'seq')::integer)
     is distinct from (own.number || own.suffix, own.product, own.form, new.seq) then
    raise exception 'a certificate of another guarantee, product, form or place' using errcode = 'restrict_violation';
  end if;
  if new.seq > 1 then
    select sha256 into before from certificates where guarantee_id = new.guarantee_id and seq = new.seq - 1;
    if new.previous_sha256 is distinct from before
       or face ->> 'previous_sha256' is distinct from encode(before, 'hex') then
      raise exception 'a certificate that does not follow the one before it' using errcode = 'restrict_violation';
    end if;
    if own.terminated_on is not null then
      raise exception 'nothing follows the end of a guarantee' using errcode = 'restrict_violation';
    end if;
  end if;
  return null;
end $$;
create trigger fits after insert on certificates for each row execute function link_fits();

-- 訂正, 変更取消, 解約: proposed by one member of staff, decided by another.
create table acts (
  id uuid primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  guarantee_id bigint not null,
  kind text not null constraint acts_kind check (kind in ('correction', 'cancellation', 'termination')),
  -- the version that is corrected or cancelled
  target_seq integer,
  -- the chain's last link when it was proposed
  base_seq integer not null,
  -- the corrected fields, or the day the guarantee ends
  detail jsonb not null default '{}',
  reason text not null constraint acts_reason check (reason <> ''),
  state text not null constraint acts_state check (state in ('proposed', 'approved', 'done', 'dropped')),
  proposed_by bigint not null references accounts,
  proposed_at timestamptz not null,
  decided_by bigint references accounts,
  decided_at timestamptz,
  -- why it was dropped, or why it came back
  words text not null default '',
  -- the link it made
  seq integer,
  constraint acts_guarantee foreign key (surety_id, contractor_id, guarantee_id)
    references guarantees (surety_id, contractor_id, id),
  constraint acts_four_eyes check (state not in ('approved', 'done') or decided_by <> proposed_by),
  constraint acts_decided check ((state = 'proposed') = (decided_by is null))
);
create unique index acts_one_at_a_time on acts (guarantee_id) where state in ('proposed', 'approved');
create index acts_waiting on acts (surety_id, branch_id, proposed_at) where state in ('proposed', 'approved');
create index acts_by_guarantee on acts (guarantee_id);

-- 認証キーの再発行: asked for by the contractor or ordered by the branch.
create table key_renewals (
  id uuid primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  guarantee_id bigint not null,
  reason text not null constraint key_renewals_reason check (reason <> ''),
  state text not null constraint key_renewals_state check (state in ('asked', 'ordered', 'done', 'declined')),
  -- the contractor's login, where it asked
  asked_by text,
  asked_at timestamptz,
  ordered_by bigint references accounts,
  ordered_at timestamptz,
  words text not null default '',
  -- the version of the new key, and since when it holds
  key_version integer,
  done_at timestamptz,
  constraint key_renewals_guarantee foreign key (surety_id, contractor_id, guarantee_id)
    references guarantees (surety_id, contractor_id, id)
);
create unique index key_renewals_one_at_a_time on key_renewals (guarantee_id) where state in ('asked', 'ordered');
create index key_renewals_waiting on key_renewals (surety_id, branch_id, asked_at) where state in ('asked', 'ordered');

alter table acts enable row level security;
alter table acts force row level security;
alter table key_renewals enable row level security;
alter table key_renewals force row level security;
create policy office_reads on acts for select to office using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy office_proposes on acts for insert to office
  with check (surety_id = app_surety() and app_sees_branch(branch_id) and state = 'proposed' and decided_by is null and seq is null);
create policy office_decides on acts for update to office
  using (surety_id = app_surety() and app_sees_branch(branch_id) and state = 'proposed')
  with check (surety_id = app_surety() and app_sees_branch(branch_id) and state in ('approved', 'dropped'));
create policy all_of_them on acts to worker using (true) with check (true);
grant select, insert, update (state, decided_by, decided_at, words) on acts to office;
grant select, update (state, words, seq) on acts to worker;

create policy contractor_reads on key_renewals for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_asks on key_renewals for insert to netdesk
  with check (surety_id = app_surety() and contractor_id = app_contractor() and state = 'asked'
    and ordered_by is null and key_version is null and done_at is null);
create policy office_reads on key_renewals for select to office using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy office_orders on key_renewals for insert to office
  with check (surety_id = app_surety() and app_sees_branch(branch_id) and state = 'ordered' and key_version is null);
create policy office_decides on key_renewals for update to office
  using (surety_id = app_surety() and app_sees_branch(branch_id) and state = 'asked')
  with check (surety_id = app_surety() and app_sees_branch(branch_id) and state in ('ordered', 'declined'));
create policy all_of_them on key_renewals to worker using (true) with check (true);
grant select, insert on key_renewals to netdesk;
grant select, insert, update (state, ordered_by, ordered_at, words) on key_renewals to office;
grant select, update (state, key_version, done_at, words) on key_renewals to worker;

create trigger never_deleted before delete on acts for each row execute function refuse_rewriting();
create trigger never_deleted before delete on key_renewals for each row execute function refuse_rewriting();

alter table jobs drop constraint jobs_kind;
alter table jobs add constraint jobs_kind check (kind in ('issue', 'deposit', 'act', 'renew_key', 'mail_issued',
  'mail_returned', 'mail_ended', 'mail_renewed', 'mail_invitation', 'mail_password'));
drop policy office_queue on jobs;
create policy office_queue on jobs for insert to office
  with check (surety_id = app_surety()
    and kind in ('issue', 'act', 'renew_key', 'mail_returned', 'mail_invitation', 'mail_password')
    and state = 'ready' and attempts = 0 and last_error is null and finished_at is null);

-- Where D-Sure's door leads; what holds it reckons itself, from the signed chain.
alter table dsure.deposits add column current_seq integer not null default 1;
