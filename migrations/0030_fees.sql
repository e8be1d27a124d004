-- What guarantees cost, and what was charged. A fee table is a surety's own data, one version after
-- the other per product: proposed by one person, put in force or declined by another, never changed.
-- The version that counts for a product is the one in force with the latest valid_from that is not
-- after the day its application was first sent (of two with the same day the newer).
create table fee_tables (
  id bigint generated always as identity primary key,
  surety_id bigint not null references sureties,
  product text not null constraint fee_tables_product
    check (product in ('prepayment', 'midterm', 'contract', 'reservation')),
  version integer not null constraint fee_tables_version check (version >= 1),
  valid_from date not null,
  body jsonb not null,
  state text not null default 'proposed' constraint fee_tables_state
    check (state in ('proposed', 'in_force', 'declined')),
  proposed_by bigint not null,
  proposed_at timestamptz not null,
  decided_by bigint,
  decided_at timestamptz,
  -- why it was declined
  reason text,
  constraint fee_tables_of_surety unique (surety_id, id),
  constraint fee_tables_version_once unique (surety_id, product, version),
  constraint fee_tables_proposer foreign key (surety_id, proposed_by) references accounts (surety_id, id),
  constraint fee_tables_decider foreign key (surety_id, decided_by) references accounts (surety_id, id),
  constraint fee_tables_four_eyes check (decided_by <> proposed_by),
  constraint fee_tables_decision_whole check (
    (state = 'proposed') = (decided_by is null) and (decided_by is null) = (decided_at is null)
    and (state = 'declined') = (reason is not null)),
  constraint fee_tables_guarantees_untaxed
    check (product = 'reservation' or coalesce((body ->> 'tax_ppm')::bigint, 0) = 0)
);
-- one proposal of a product at a time
create unique index fee_tables_one_proposal on fee_tables (surety_id, product) where state = 'proposed';
create index fee_tables_by_day on fee_tables (surety_id, product, valid_from desc, version desc)
  where state = 'in_force';

-- A table is written once; only the decision about it is added, once.
create function keep_fee_table() returns trigger language plpgsql as $$
begin
  if old.state <> 'proposed'
     or (new.id, new.surety_id, new.product, new.version, new.valid_from, new.body, new.proposed_by, new.proposed_at)
        is distinct from
        (old.id, old.surety_id, old.product, old.version, old.valid_from, old.body, old.proposed_by, old.proposed_at)
  then
    raise exception 'a fee table stays as it was proposed and decided' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger stays_as_decided before update on fee_tables
  for each row execute function keep_fee_table();
create trigger never_deleted before delete on fee_tables
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on fee_tables
  for each statement execute function refuse_rewriting();

-- The ledger: what each version of a guarantee costs (positive) or gives back (negative), with the
-- lines it was reckoned by and the table that was attached at issue.
create table fees (
  id bigint generated always as identity primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  guarantee_id bigint not null,
  product text not null,
  -- the certificate's version it belongs to
  seq integer not null constraint fees_seq check (seq >= 1),
  kind text not null constraint fees_kind
    check (kind in ('charge', 'extra', 'decrease', 'cancelled', 'termination')),
  amount bigint not null,
  tax bigint not null,
  lines jsonb not null,
  fee_table_id bigint not null,
  fee_method text not null,
  -- gathered by the month's closing (一括納付)
  monthly boolean not null,
  -- the civil day in Japan
  day date not null,
  at timestamptz not null,
  constraint fees_of_contractor unique (surety_id, contractor_id, id),
  constraint fees_once unique (guarantee_id, seq, kind),
  constraint fees_guarantee foreign key (surety_id, contractor_id, guarantee_id)
    references guarantees (surety_id, contractor_id, id),
  constraint fees_branch foreign key (surety_id, branch_id) references branches (surety_id, id),
  constraint fees_table foreign key (surety_id, fee_table_id) references fee_tables (surety_id, id),
  constraint fees_sign check (case kind
    when 'charge' then amount >= 0 and tax >= 0
    when 'extra' then amount > 0 and tax >= 0
    when 'decrease' then amount < 0 and tax <= 0
    when 'termination' then amount <= 0 and tax <= 0
    else true end),
  constraint fees_guarantees_untaxed check (product = 'reservation' or tax = 0)
);
create index fees_by_month on fees (surety_id, contractor_id, day) where monthly;
create index fees_of_contractor_newest on fees (surety_id, contractor_id, id desc);

-- 一括納付: one month of one contractor.
create table closings (
  id bigint generated always as identity primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  -- the contractor's usual branch when the month was closed
  branch_id bigint not null,
  -- its first day
  month date not null constraint closings_month check (extract(day from month) = 1),
  statement_no text not null,
  amount bigint not null,
  tax bigint not null,
  fees integer not null constraint closings_fees check (fees >= 1),
  closed_at timestamptz not null,
  closed_by text not null,
  constraint closings_of_contractor unique (surety_id, contractor_id, id),
  constraint closings_once unique (surety_id, contractor_id, month),
  constraint closings_statement_once unique (surety_id, statement_no),
  constraint closings_contractor foreign key (surety_id, contractor_id) references contractors (surety_id, id),
  constraint closings_branch foreign key (surety_id, branch_id) references branches (surety_id, id)
);
create index closings_by_month on closings (surety_id, month);
-- Which fees a closing gathered: a fee is gathered once.
create table closing_fees (
  fee_id bigint primary key,
  closing_id bigint not null,
  surety_id bigint not null,
  contractor_id bigint not null,
  constraint closing_fees_fee foreign key (surety_id, contractor_id, fee_id)
    references fees (surety_id, contractor_id, id),
  constraint closing_fees_closing foreign key (surety_id, contractor_id, closing_id)
    references closings (surety_id, contractor_id, id)
);
create index closing_fees_by_closing on closing_fees (closing_id);
-- Months that are closed to the end: every contractor has its closing.
create table closed_months (
  surety_id bigint not null references sureties,
  month date not null constraint closed_months_month check (extract(day from month) = 1),
  closed_at timestamptz not null,
  closed_by text not null,
  primary key (surety_id, month)
);

-- Money that moved for a closing (paid in, or given back where its sum is negative) or for a single
-- refund outside the closings.
create table settlements (
  -- the form's id: a double post is one entry
  id uuid primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  closing_id bigint,
  fee_id bigint,
  amount bigint not null constraint settlements_amount check (amount > 0),
  settled_on date not null,
  confirmed_by bigint not null,
  confirmed_at timestamptz not null,
  constraint settlements_of_contractor unique (surety_id, contractor_id, id),
  constraint settlements_one check (num_nonnulls(closing_id, fee_id) = 1),
  constraint settlements_closing foreign key (surety_id, contractor_id, closing_id)
    references closings (surety_id, contractor_id, id),
  constraint settlements_fee foreign key (surety_id, contractor_id, fee_id)
    references fees (surety_id, contractor_id, id),
  constraint settlements_branch foreign key (surety_id, branch_id) references branches (surety_id, id),
  constraint settlements_by foreign key (surety_id, confirmed_by) references accounts (surety_id, id)
);
create index settlements_by_closing on settlements (closing_id) where closing_id is not null;
create index settlements_by_fee on settlements (fee_id) where fee_id is not null;

-- 領収証: one per payment or settlement; each printing is recorded, from the second on 再発行.
create table receipts (
  id bigint generated always as identity primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  number text not null,
  payment_id uuid constraint receipts_payment_once unique references payments,
  settlement_id uuid constraint receipts_settlement_once unique references settlements,
  amount bigint not null constraint receipts_amount check (amount > 0),
  -- consumption tax in it
  tax bigint not null constraint receipts_tax check (tax >= 0),
  issued_on date not null,
  issued_at timestamptz not null,
  constraint receipts_of_contractor unique (surety_id, contractor_id, id),
  constraint receipts_number_once unique (surety_id, number),
  constraint receipts_one check (num_nonnulls(payment_id, settlement_id) = 1),
  constraint receipts_contractor foreign key (surety_id, contractor_id) references contractors (surety_id, id),
  constraint receipts_branch foreign key (surety_id, branch_id) references branches (surety_id, id)
);
create table receipt_printings (
  receipt_id bigint not null,
  copy integer not null constraint receipt_printings_copy check (copy >= 1),
  surety_id bigint not null,
  contractor_id bigint not null,
  site text not null constraint receipt_printings_site check (site in ('netdesk', 'office')),
  actor_id bigint not null,
  actor_name text not null,
  at timestamptz not null,
  primary key (receipt_id, copy),
  constraint receipt_printings_receipt foreign key (surety_id, contractor_id, receipt_id)
    references receipts (surety_id, contractor_id, id)
);
-- Numbers of statements and receipts: a counter per surety, kind and era year.
create table paper_counters (
  surety_id bigint not null references sureties,
  kind text not null constraint paper_counters_kind check (kind in ('closing', 'receipt')),
  era_year text not null,
  next integer not null,
  primary key (surety_id, kind, era_year)
);
-- 領収証 also as a PDF for the contractor (seed 003, Q2: on paper unless the surety switches it on).
alter table sureties add column electronic_receipts boolean not null default false;

do $$
declare
  t text;
begin
  foreach t in array array['fee_tables', 'fees', 'closings', 'closing_fees', 'closed_months', 'settlements',
    'receipts', 'receipt_printings', 'paper_counters']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    if t not in ('fee_tables', 'paper_counters') then
      execute format('create trigger append_only before update or delete on %I
        for each row execute function refuse_rewriting()', t);
      execute format('create trigger append_only_all before truncate on %I
        for each statement execute function refuse_rewriting()', t);
    end if;
  end loop;
end $$;

create policy in_force on fee_tables for select to netdesk
  using (surety_id = app_surety() and state = 'in_force');
create policy office_own on fee_tables for select to office using (surety_id = app_surety());
create policy office_proposes on fee_tables for insert to office
  with check (surety_id = app_surety() and state = 'proposed');
create policy office_decides on fee_tables for update to office
  using (surety_id = app_surety() and state = 'proposed')
  with check (surety_id = app_surety() and state in ('in_force', 'declined'));
create policy all_of_them on fee_tables for select to worker using (true);
grant select on fee_tables to netdesk, office, worker;
grant insert on fee_tables to office;
grant update (state, decided_by, decided_at, reason) on fee_tables to office;

-- A guarantee under way (between T1 and T2) is nobody's to see, and neither is its fee.
create policy contractor_own on fees for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor()
    and exists (select from guarantees g where g.id = guarantee_id));
create policy office_own on fees for select to office
  using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy office_ends on fees for insert to office
  with check (surety_id = app_surety() and app_sees_branch(branch_id)
    and kind in ('cancelled', 'termination'));
create policy all_of_them on fees to worker using (true) with check (true);
grant select on fees to netdesk, office, worker;
grant insert on fees to office, worker;

create policy contractor_own on closings for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
-- A closing gathers fees of every branch: it is the head office's, which sees them all.
create policy head_office on closings to office
  using (surety_id = app_surety() and current_setting('app.branch', true) = 'all');
create policy contractor_own on closing_fees for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy head_office on closing_fees to office
  using (surety_id = app_surety() and current_setting('app.branch', true) = 'all');
create policy head_office on closed_months to office
  using (surety_id = app_surety() and current_setting('app.branch', true) = 'all');
grant select on closings, closing_fees to netdesk;
grant select, insert on closings, closing_fees, closed_months to office;

create policy contractor_own on settlements for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy office_own on settlements to office
  using (surety_id = app_surety() and app_sees_branch(branch_id));
grant select on settlements to netdesk;
grant select, insert on settlements to office;

create policy contractor_reads on receipts for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_takes on receipts for insert to netdesk
  with check (surety_id = app_surety() and contractor_id = app_contractor()
    and exists (select from sureties s where s.id = surety_id and s.electronic_receipts));
create policy office_own on receipts to office
  using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy contractor_reads on receipt_printings for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_takes on receipt_printings for insert to netdesk
  with check (surety_id = app_surety() and contractor_id = app_contractor() and site = 'netdesk'
    and exists (select from sureties s where s.id = surety_id and s.electronic_receipts));
create policy office_own on receipt_printings to office
  using (surety_id = app_surety() and exists (select from receipts r where r.id = receipt_id))
  with check (surety_id = app_surety() and site = 'office'
    and exists (select from receipts r where r.id = receipt_id));
create policy own on paper_counters to netdesk
  using (surety_id = app_surety() and kind = 'receipt');
create policy office_own on paper_counters to office using (surety_id = app_surety());
grant select, insert on receipts, receipt_printings to netdesk, office;
grant select, insert, update on paper_counters to netdesk, office;
grant update (electronic_receipts) on sureties to office;
