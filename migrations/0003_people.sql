-- Contractor companies, and everybody who signs in. Login ids are unique in the installation, so
-- contractors' users and staff share one table; `site` says which door opens.
create table contractors (
  id bigint generated always as identity primary key,
  surety_id bigint not null references sureties,
  branch_id bigint not null,
  name text not null,
  address text not null,
  -- title and name, as the certificate prints it: 代表取締役 湊 一郎
  representative text not null,
  email text not null,
  tel text not null default '',
  -- 一括納付 agreement
  lump_sum boolean not null default false,
  -- 保証料請求先 offered in the form
  billing_places text[] not null default '{本社}',
  created_at timestamptz not null,
  constraint contractors_of_surety unique (surety_id, id),
  constraint contractors_name_once unique (surety_id, name, address),
  constraint contractors_branch foreign key (surety_id, branch_id) references branches (surety_id, id)
);

create table accounts (
  id bigint generated always as identity primary key,
  site text not null constraint accounts_site check (site in ('netdesk', 'office')),
  login text not null constraint accounts_login_once unique
    constraint accounts_login_form check (login ~ '^[a-z0-9][a-z0-9._-]{2,63}$'),
  surety_id bigint not null references sureties,
  contractor_id bigint,
  branch_id bigint,
  role text not null,
  name text not null,
  email text not null,
  -- argon2id; null until an invitation is accepted
  password_phc text,
  disabled_at timestamptz,
  -- sessions made before this moment are over (password changed, disabled, role changed)
  sessions_after timestamptz not null,
  created_at timestamptz not null,
  constraint accounts_of_surety unique (surety_id, id),
  constraint accounts_contractor foreign key (surety_id, contractor_id) references contractors (surety_id, id),
  constraint accounts_branch foreign key (surety_id, branch_id) references branches (surety_id, id),
  constraint accounts_shape check (
    (site = 'netdesk' and contractor_id is not null and branch_id is null
       and role in ('administrator', 'sender', 'writer', 'viewer'))
    or (site = 'office' and contractor_id is null and branch_id is not null
       and role in ('clerk', 'approver', 'administrator')))
);
create index accounts_by_contractor on accounts (contractor_id) where contractor_id is not null;

-- Tokens of sessions as SHA-256 only.
create table sessions (
  token_sha256 bytea primary key,
  site text not null,
  account_id bigint not null references accounts,
  created_at timestamptz not null,
  seen_at timestamptz not null
);
create index sessions_by_account on sessions (account_id);

-- Single-use links of invitations (72 h) and resets (30 min), as SHA-256 only.
create table invitations (
  token_sha256 bytea primary key,
  account_id bigint not null references accounts,
  purpose text not null constraint invitations_purpose check (purpose in ('invitation', 'reset')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index invitations_by_account on invitations (account_id);

-- 利用規約: who accepted which version, when.
create table terms_acceptances (
  account_id bigint not null references accounts,
  version integer not null,
  at timestamptz not null,
  primary key (account_id, version)
);

-- What was typed when a session had ended: sealed with a key only the browser's cookie holds.
create table rescues (
  id_sha256 bytea primary key,
  site text not null,
  account_id bigint not null references accounts,
  path text not null,
  nonce bytea not null,
  ciphertext bytea not null,
  expires_at timestamptz not null
);

alter table contractors enable row level security;
alter table contractors force row level security;
alter table accounts enable row level security;
alter table accounts force row level security;
alter table sessions enable row level security;
alter table sessions force row level security;
alter table invitations enable row level security;
alter table invitations force row level security;
alter table terms_acceptances enable row level security;
alter table terms_acceptances force row level security;
alter table rescues enable row level security;
alter table rescues force row level security;

create policy contractor_own on contractors to netdesk using (surety_id = app_surety() and id = app_contractor());
create policy office_own on contractors to office using (surety_id = app_surety());
create policy all_of_them on contractors to worker, gatekeeper using (true);
create policy contractor_own on accounts to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy office_own on accounts to office using (surety_id = app_surety());
create policy all_of_them on accounts to worker, gatekeeper using (true);
create policy all_of_them on sessions to gatekeeper using (true) with check (true);
create policy all_of_them on invitations to worker, gatekeeper using (true) with check (true);
create policy all_of_them on terms_acceptances to gatekeeper using (true) with check (true);
create policy all_of_them on rescues to gatekeeper using (true) with check (true);

grant select on contractors to netdesk, office, worker, gatekeeper;
grant insert, update on contractors to office;
grant select on accounts to netdesk, office, worker, gatekeeper;
grant insert, update on accounts to netdesk, office;
grant update (password_phc, sessions_after) on accounts to gatekeeper;
grant select, insert, update, delete on sessions, invitations, rescues to gatekeeper;
grant select, insert on terms_acceptances to gatekeeper;
grant select, insert, update on invitations to worker;

create trigger append_only before update or delete on terms_acceptances
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on terms_acceptances
  for each statement execute function refuse_rewriting();
