-- 保証契約 and its certificates. `guarantees` is what lists search; `certificates` holds the signed
-- bytes, append-only. Between T1 and T2 an electronic guarantee has no issued_at and is nobody's to see.
create table guarantees (
  id bigint generated always as identity primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  application_id uuid not null,
  item_id uuid not null constraint guarantees_item_once unique,
  -- 35075-00001, without the letter: unique in the installation
  number text not null constraint guarantees_number_once unique
    constraint guarantees_number_form check (number ~ '^\d{5}-\d{5}$'),
  suffix text not null,
  product text not null,
  form text not null,
  obligee_id bigint,
  obligee_name text not null,
  works_name text not null,
  works_search text not null,
  contractor_name text not null,
  jv_name text,
  jv_representative text,
  price bigint not null,
  amount bigint not null,
  until date not null,
  bank text,
  current_seq integer not null default 1,
  -- certificate date
  issued_on date not null,
  -- the moment it became 発行済
  issued_at timestamptz,
  constraint guarantees_of_contractor unique (surety_id, contractor_id, id),
  constraint guarantees_item foreign key (surety_id, contractor_id, item_id)
    references application_items (surety_id, contractor_id, id),
  constraint guarantees_branch foreign key (surety_id, branch_id) references branches (surety_id, id)
);
create index guarantees_of_contractor_newest on guarantees (surety_id, contractor_id, issued_on desc, id desc)
  include (product, form, works_search) where issued_at is not null;
create index guarantees_of_branch_newest on guarantees (surety_id, branch_id, issued_on desc, id desc)
  where issued_at is not null;
create index guarantees_by_application on guarantees (application_id);

create table certificates (
  guarantee_id bigint not null,
  seq integer not null constraint certificates_seq check (seq >= 1),
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  -- the very bytes that are signed
  face bytea not null,
  signature bytea not null constraint certificates_signature check (length(signature) = 64),
  key_id text not null references signing_keys,
  sha256 bytea not null constraint certificates_sha256 check (sha256 = sha256(face)),
  previous_sha256 bytea,
  signed_at timestamptz not null,
  primary key (guarantee_id, seq),
  constraint certificates_guarantee foreign key (surety_id, contractor_id, guarantee_id)
    references guarantees (surety_id, contractor_id, id),
  constraint certificates_chain check ((seq = 1) = (previous_sha256 is null))
);

-- 電子保証発行日時: when a version arrived at D-Sure (T2).
create table arrivals (
  guarantee_id bigint not null,
  seq integer not null,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  arrived_at timestamptz not null,
  primary key (guarantee_id, seq),
  constraint arrivals_certificate foreign key (guarantee_id, seq) references certificates (guarantee_id, seq)
);

-- 認証キー at rest, for showing it to its contractor again. No staff role can read this table.
create table guarantee_keys (
  guarantee_id bigint not null,
  key_version integer not null,
  surety_id bigint not null,
  contractor_id bigint not null,
  kek_id text not null,
  nonce bytea not null,
  ciphertext bytea not null,
  created_at timestamptz not null,
  primary key (guarantee_id, key_version),
  constraint guarantee_keys_guarantee foreign key (surety_id, contractor_id, guarantee_id)
    references guarantees (surety_id, contractor_id, id)
);

alter table guarantees enable row level security;
alter table guarantees force row level security;
alter table certificates enable row level security;
alter table certificates force row level security;
alter table arrivals enable row level security;
alter table arrivals force row level security;
alter table guarantee_keys enable row level security;
alter table guarantee_keys force row level security;

create policy contractor_own on guarantees to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and issued_at is not null);
create policy office_own on guarantees to office using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy all_of_them on guarantees to worker, gatekeeper using (true) with check (true);
create policy contractor_own on certificates to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy office_own on certificates to office using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy all_of_them on certificates to worker using (true) with check (true);
create policy contractor_own on arrivals to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy office_own on arrivals to office using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy all_of_them on arrivals to worker using (true) with check (true);
create policy contractor_own on guarantee_keys to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy all_of_them on guarantee_keys to worker using (true) with check (true);

grant select on guarantees to netdesk, office, worker, gatekeeper;
grant insert, update (issued_at, current_seq) on guarantees to worker;
grant select on certificates, arrivals to netdesk, office, worker;
grant insert on certificates, arrivals to worker;
grant select on guarantee_keys to netdesk, worker;
grant insert on guarantee_keys to worker;

create trigger append_only before update or delete on certificates
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on certificates
  for each statement execute function refuse_rewriting();
create trigger append_only before update or delete on arrivals
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on arrivals
  for each statement execute function refuse_rewriting();
create trigger append_only before update or delete on guarantee_keys
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on guarantee_keys
  for each statement execute function refuse_rewriting();

-- A number, its product and its form never change (seed 003, Q5: no mixing within one guarantee).
create function keep_identity() returns trigger language plpgsql as $$
begin
  if (new.number, new.suffix, new.product, new.form, new.item_id, new.surety_id, new.contractor_id)
     is distinct from
     (old.number, old.suffix, old.product, old.form, old.item_id, old.surety_id, old.contractor_id)
  then
    raise exception 'a guarantee keeps its number, product and form' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger identity_stays before update on guarantees
  for each row execute function keep_identity();
create trigger never_deleted before delete on guarantees
  for each row execute function refuse_rewriting();
