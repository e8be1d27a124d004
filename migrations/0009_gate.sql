-- What must be looked up before anybody is known: owned by gatekeeper, which can do nothing else.
create function login_find(p_site text, p_login text)
returns table (id bigint, password_phc text, disabled boolean)
language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select a.id, a.password_phc, a.disabled_at is not null from public.accounts a
  where a.site = p_site and a.login = p_login;
end;

create function session_open(p_token bytea, p_site text, p_account bigint, p_now timestamptz)
returns void language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  insert into public.sessions (token_sha256, site, account_id, created_at, seen_at)
  values (p_token, p_site, p_account, p_now, p_now);
end;

-- The account behind a living session. `seen_at` moves at most once a minute.
create function session_find(p_token bytea, p_site text, p_now timestamptz, p_idle interval, p_absolute interval)
returns table (account_id bigint, login text, name text, role text, email text, surety_id bigint,
  surety_name text, suffix text, contractor_id bigint, contractor_name text, branch_id bigint,
  branch_name text, branch_is_head boolean, terms_version integer, created_at timestamptz, seen_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public
as $$
begin
  update public.sessions s set seen_at = p_now
    where s.token_sha256 = p_token and s.seen_at < p_now - interval '1 minute'
      and s.seen_at > p_now - p_idle and s.created_at > p_now - p_absolute;
  return query
    select a.id, a.login, a.name, a.role, a.email, a.surety_id, su.name, su.suffix,
      a.contractor_id, c.name, b.id, b.name, b.is_head,
      (select max(t.version) from public.terms_acceptances t where t.account_id = a.id),
      s.created_at, s.seen_at
    from public.sessions s
    join public.accounts a on a.id = s.account_id
    join public.sureties su on su.id = a.surety_id
    left join public.contractors c on c.id = a.contractor_id
    join public.branches b on b.id = coalesce(a.branch_id, c.branch_id)
    where s.token_sha256 = p_token and s.site = p_site and a.site = p_site
      and s.seen_at > p_now - p_idle and s.created_at > p_now - p_absolute
      and s.created_at >= a.sessions_after and a.disabled_at is null;
end $$;

-- The account of a session that has ended: only to give back what was typed, to the same person.
create function session_owner(p_token bytea, p_site text)
returns bigint language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select s.account_id from public.sessions s where s.token_sha256 = p_token and s.site = p_site;
end;

create function session_close(p_token bytea)
returns void language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  delete from public.sessions where token_sha256 = p_token;
end;

create function sessions_sweep(p_before timestamptz)
returns void language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  delete from public.sessions where seen_at < p_before;
  delete from public.rescues where expires_at < p_before;
end;

create function terms_accept(p_account bigint, p_version integer, p_now timestamptz)
returns void language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  insert into public.terms_acceptances (account_id, version, at) values (p_account, p_version, p_now)
  on conflict do nothing;
end;

create function invitation_find(p_token bytea, p_now timestamptz)
returns table (account_id bigint, login text, name text, site text, purpose text)
language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select a.id, a.login, a.name, a.site, i.purpose from public.invitations i
  join public.accounts a on a.id = i.account_id
  where i.token_sha256 = p_token and i.used_at is null and i.expires_at > p_now and a.disabled_at is null;
end;

-- Uses the link once; true for the one that wins.
create function invitation_use(p_token bytea, p_phc text, p_now timestamptz)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, public
as $$
declare
  account bigint;
begin
  update public.invitations set used_at = p_now
    where token_sha256 = p_token and used_at is null and expires_at > p_now
    returning account_id into account;
  if account is null then
    return false;
  end if;
  update public.accounts set password_phc = p_phc, sessions_after = p_now
    where id = account and disabled_at is null;
  if not found then
    raise exception 'the account is closed';
  end if;
  update public.invitations set used_at = p_now where account_id = account and used_at is null;
  return true;
end $$;

create function rescue_keep(p_id bytea, p_site text, p_account bigint, p_path text, p_nonce bytea,
  p_ciphertext bytea, p_expires timestamptz)
returns void language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  insert into public.rescues (id_sha256, site, account_id, path, nonce, ciphertext, expires_at)
  values (p_id, p_site, p_account, p_path, p_nonce, p_ciphertext, p_expires);
end;

-- Gives the typed text back once, and only to its own account.
create function rescue_take(p_id bytea, p_site text, p_account bigint, p_now timestamptz)
returns table (path text, nonce bytea, ciphertext bytea)
language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  delete from public.rescues r
  where r.id_sha256 = p_id and r.site = p_site and r.account_id = p_account and r.expires_at > p_now
  returning r.path, r.nonce, r.ciphertext;
end;

do $$
declare
  f regprocedure;
begin
  grant create on schema public to gatekeeper;
  for f in select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('login_find', 'session_open', 'session_find',
      'session_owner', 'session_close', 'sessions_sweep', 'terms_accept', 'invitation_find',
      'invitation_use', 'rescue_keep', 'rescue_take', 'looks_of')
  loop
    execute format('alter function %s owner to gatekeeper', f);
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to netdesk, office', f);
  end loop;
  execute 'grant execute on function sessions_sweep(timestamptz) to worker';
  revoke create on schema public from gatekeeper;
end $$;

alter role netdesk set statement_timeout = '10s';
alter role office set statement_timeout = '10s';
alter role dsure set statement_timeout = '10s';
alter role worker set statement_timeout = '30s';
