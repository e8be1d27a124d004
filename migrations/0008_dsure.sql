-- D-Sure: what was deposited there, and nothing of the rest. The key stands here only as an
-- argon2id verifier. Its role sees this schema alone.
create table dsure.deposits (
  -- 35075-00001
  number text primary key,
  suffix text not null,
  surety_name text not null,
  key_version integer not null,
  verifier text not null,
  deposited_at timestamptz not null
);

create table dsure.certificates (
  number text not null references dsure.deposits,
  seq integer not null,
  face bytea not null,
  signature bytea not null,
  key_id text not null,
  arrived_at timestamptz not null,
  primary key (number, seq)
);

create table dsure.public_keys (
  key_id text primary key,
  suffix text not null,
  public_key bytea not null,
  created_at timestamptz not null
);

create table dsure.sessions (
  token_sha256 bytea primary key,
  number text not null references dsure.deposits,
  key_version integer not null,
  network text not null,
  created_at timestamptz not null,
  seen_at timestamptz not null
);

-- Every look: when, at which version, how. One page look per session and version.
create table dsure.looks (
  id bigint generated always as identity primary key,
  number text not null references dsure.deposits,
  seq integer not null,
  kind text not null constraint looks_kind check (kind in ('page', 'pdf', 'envelope')),
  session_sha256 bytea not null,
  network text not null,
  at timestamptz not null,
  constraint looks_once unique (session_sha256, number, seq, kind)
);
create index looks_by_number on dsure.looks (number, at);

-- Networks that signed in rightly; they are never held up by others' failures for 24 hours.
create table dsure.good_networks (
  network text primary key,
  at timestamptz not null
);

-- GCRA buckets: one instant each. Unlogged: a crash of the server forgets failures, nothing else.
create unlogged table limits (
  bucket text primary key,
  tat timestamptz not null
);
-- Would one more failure now be over the limit? Zero: no; else how long to wait.
create function limit_wait(p_bucket text, p_burst integer, p_every interval, p_now timestamptz)
returns interval language sql stable
begin atomic
  select coalesce((select greatest(interval '0', tat + p_every - p_burst * p_every - p_now)
    from limits where bucket = p_bucket), interval '0');
end;
-- One failure.
create function limit_take(p_bucket text, p_every interval, p_now timestamptz)
returns void language sql volatile
begin atomic
  insert into limits as l (bucket, tat) values (p_bucket, p_now + p_every)
  on conflict (bucket) do update set tat = greatest(l.tat, p_now) + p_every;
end;

create function dsure.refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger append_only before update or delete on dsure.certificates
  for each row execute function dsure.refuse_rewriting();
create trigger append_only_all before truncate on dsure.certificates
  for each statement execute function dsure.refuse_rewriting();
create trigger append_only before update or delete on dsure.looks
  for each row execute function dsure.refuse_rewriting();
create trigger append_only_all before truncate on dsure.looks
  for each statement execute function dsure.refuse_rewriting();

alter table dsure.deposits enable row level security;
alter table dsure.deposits force row level security;
alter table dsure.certificates enable row level security;
alter table dsure.certificates force row level security;
alter table dsure.looks enable row level security;
alter table dsure.looks force row level security;
-- A session sees the one number it was opened for (app.number); the sign-in names the number it asks about.
create policy asked on dsure.deposits to dsure
  using (number = nullif(current_setting('app.number', true), ''));
create policy asked on dsure.certificates to dsure
  using (number = nullif(current_setting('app.number', true), ''));
create policy asked on dsure.looks to dsure
  using (number = nullif(current_setting('app.number', true), ''));
create policy all_of_them on dsure.deposits to worker using (true) with check (true);
create policy all_of_them on dsure.certificates to worker using (true) with check (true);
create policy read_all on dsure.looks to gatekeeper using (true);
create policy read_all on dsure.deposits to gatekeeper using (true);

grant usage on schema public to dsure;
grant select on dsure.deposits, dsure.certificates, dsure.public_keys to dsure;
grant select, insert on dsure.looks to dsure;
grant select, insert, update, delete on dsure.sessions to dsure;
grant select, insert, update on dsure.good_networks to dsure;
grant select, insert, update on limits to dsure, gatekeeper, netdesk, office;
grant select, insert, update on dsure.deposits to worker;
grant select, insert on dsure.certificates to worker;
grant select, insert on dsure.public_keys to worker;
grant select on dsure.looks, dsure.deposits to gatekeeper;

-- The contractor and the branch see when their certificate was looked at. Scoped by row-level
-- security on `guarantees` through the caller's own settings.
create function looks_of(p_guarantee bigint)
returns table (seq integer, kind text, at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, dsure
begin atomic
  select l.seq, l.kind, l.at from dsure.looks l
  join public.guarantees g on g.number = l.number
  where g.id = p_guarantee and g.surety_id = public.app_surety()
    and (g.contractor_id = public.app_contractor()
         or public.app_contractor() is null and public.app_sees_branch(g.branch_id))
  order by l.at, l.id;
end;
