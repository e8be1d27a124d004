-- The tenants: sureties with their branches, number blocks and signing keys' public halves.
create table sureties (
  id bigint generated always as identity primary key,
  name text not null constraint sureties_name_once unique,
  address text not null,
  president_title text not null,
  president_name text not null,
  suffix text not null constraint sureties_suffix_once unique
    constraint sureties_suffix_is_a_letter check (suffix ~ '^[A-Z]$'),
  vow_prepayment text not null,
  vow_contract text not null
);

create table branches (
  id bigint generated always as identity primary key,
  surety_id bigint not null references sureties,
  name text not null,
  tel text not null,
  fax text not null,
  email text not null,
  hours text not null,
  is_head boolean not null default false,
  constraint branches_of_surety unique (surety_id, id),
  constraint branches_name_once unique (surety_id, name)
);

-- PPPPP of a contract number, allotted to one branch, unique in the installation; NNNNN counts
-- under this row's lock. A full block (next > 99999) is followed by the branch's next one.
create table number_blocks (
  block text primary key constraint number_blocks_five_digits check (block ~ '^\d{5}$'),
  surety_id bigint not null,
  branch_id bigint not null,
  next integer not null default 1 constraint number_blocks_in_range check (next between 1 and 100000),
  allotted_at timestamptz not null,
  constraint number_blocks_branch foreign key (surety_id, branch_id) references branches (surety_id, id)
);
create index number_blocks_by_branch on number_blocks (branch_id, block);

-- Public halves of the signing keys; one at a time is used, older ones stay.
create table signing_keys (
  key_id text primary key,
  surety_id bigint not null references sureties,
  public_key bytea not null constraint signing_keys_32_bytes check (length(public_key) = 32),
  created_at timestamptz not null
);

alter table sureties enable row level security;
alter table sureties force row level security;
alter table branches enable row level security;
alter table branches force row level security;
alter table number_blocks enable row level security;
alter table number_blocks force row level security;
alter table signing_keys enable row level security;
alter table signing_keys force row level security;

create policy own on sureties to netdesk, office using (id = app_surety());
create policy all_of_them on sureties to worker, gatekeeper using (true);
create policy own on branches to netdesk, office using (surety_id = app_surety());
create policy all_of_them on branches to worker, gatekeeper using (true);
create policy office_own on number_blocks to office using (surety_id = app_surety());
create policy all_of_them on number_blocks to worker using (true);
create policy own on signing_keys to netdesk, office using (surety_id = app_surety());
create policy all_of_them on signing_keys to worker using (true) with check (true);

grant select on sureties, branches to netdesk, office, worker, gatekeeper;
grant select on signing_keys to netdesk, office, worker;
grant insert on signing_keys to worker;
grant insert, update on branches to office;
grant select, insert on number_blocks to office;
grant select, update (next) on number_blocks to worker;
