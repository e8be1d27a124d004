-- Each role may take the steps that are its own and no others, whatever the program above it asks.
-- Net Desk sends, corrects and withdraws; it can neither examine, approve, order nor issue, and it
-- cannot speak in another site's name. The Office cannot write 'issued' nor touch what is issued:
-- numbers, guarantees and certificates are the worker's.

-- An order that came back is undone: nobody ordered.
update application_items set ordered_by = null, ordered_at = null
  where state not in ('ordered', 'issued') and ordered_at is not null;

drop policy contractor_own on application_items;
drop policy office_own on application_items;
create policy contractor_reads on application_items for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_sends on application_items for insert to netdesk
  with check (surety_id = app_surety() and contractor_id = app_contractor() and state = 'submitted'
    and examined_by is null and approved_by is null and approved_at is null and approved_sha256 is null
    and ordered_by is null and ordered_at is null and reason is null);
create policy contractor_corrects on application_items for update to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor()
    and state in ('submitted', 'returned', 'withdrawn'))
  with check (surety_id = app_surety() and contractor_id = app_contractor()
    and (state = 'withdrawn' or state = 'submitted' and examined_by is null and reason is null)
    and approved_by is null and approved_at is null and approved_sha256 is null
    and ordered_by is null and ordered_at is null);
create policy contractor_drops on application_items for delete to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and state = 'returned');
create policy office_reads on application_items for select to office
  using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy office_decides on application_items for update to office
  using (surety_id = app_surety() and app_sees_branch(branch_id) and state <> 'issued')
  with check (surety_id = app_surety() and app_sees_branch(branch_id) and state <> 'issued');
revoke update on application_items from netdesk, office, worker;
grant update (branch_id, form, amount, fee_method, state, sent_at, examined_by, approved_by, approved_at,
  approved_sha256, ordered_by, ordered_at, reason) on application_items to netdesk;
grant update (state, examined_by, approved_by, approved_at, approved_sha256, ordered_by, ordered_at, reason)
  on application_items to office;
grant update (state, ordered_by, ordered_at, reason) on application_items to worker;

drop policy contractor_own on applications;
create policy contractor_reads on applications for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_begins on applications for insert to netdesk
  with check (surety_id = app_surety() and contractor_id = app_contractor() and stage = 'draft'
    and examiner_id is null and examined_at is null and return_words is null);
create policy contractor_writes on applications for update to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor())
  with check (surety_id = app_surety() and contractor_id = app_contractor()
    and (stage in ('draft', 'returned', 'withdrawn')
         or stage = 'submitted' and examiner_id is null and examined_at is null));
create policy contractor_drops on applications for delete to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and stage = 'draft');

-- A policy sees the old row or the new one, never both: what was sent stays as it was sent.
create function acts_for_contractor() returns boolean language sql stable
  return pg_has_role('netdesk', 'usage') and not pg_has_role('office', 'usage');
create function keep_what_was_sent() returns trigger language plpgsql as $$
begin
  if acts_for_contractor() and not (
       (old.stage in ('draft', 'returned')
         and (new.stage = 'submitted' or new.content is not distinct from old.content)
         or old.stage = 'submitted' and new.stage = 'withdrawn'
         and (new.content, new.branch_id, new.receipt_no, new.price, new.sent_by, new.sent_at)
             is not distinct from
             (old.content, old.branch_id, old.receipt_no, old.price, old.sent_by, old.sent_at))
       and (new.examiner_id is null or new.examiner_id is not distinct from old.examiner_id)
       and (new.return_words is null or new.return_words is not distinct from old.return_words))
  then
    raise exception 'an application that was sent stays as it was sent' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger what_was_sent_stays before update on applications
  for each row execute function keep_what_was_sent();

-- History is written in one's own name.
drop policy contractor_own on events;
drop policy office_own on events;
create policy contractor_own on events to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and shown)
  with check (surety_id = app_surety() and contractor_id = app_contractor() and actor_site = 'netdesk');
create policy office_own on events to office
  using (surety_id = app_surety() and (branch_id is null or app_sees_branch(branch_id)))
  with check (surety_id = app_surety() and (branch_id is null or app_sees_branch(branch_id))
    and actor_site = 'office');

-- Jobs: only the kinds a site causes, and fresh ones. Net Desk's letters go to its own company's people.
alter table jobs drop constraint jobs_kind;
alter table jobs add constraint jobs_kind check (kind in
  ('issue', 'deposit', 'mail_issued', 'mail_returned', 'mail_invitation', 'mail_password'));
drop policy queue on jobs;
create policy contractor_queue on jobs for insert to netdesk
  with check (surety_id = app_surety() and kind in ('mail_invitation', 'mail_password')
    and state = 'ready' and attempts = 0 and last_error is null and finished_at is null
    and exists (select from accounts a where a.id = (payload ->> 'account')::bigint));
create policy office_queue on jobs for insert to office
  with check (surety_id = app_surety()
    and kind in ('issue', 'mail_returned', 'mail_invitation', 'mail_password')
    and state = 'ready' and attempts = 0 and last_error is null and finished_at is null);

-- A block begins at 1; only the worker counts.
revoke insert on number_blocks from office;
grant insert (block, surety_id, branch_id, allotted_at) on number_blocks to office;

-- Time-outs come with the connection (db::pool): a role's own settings count only for logins of that
-- very name, and were never in force.
alter role netdesk reset statement_timeout;
alter role office reset statement_timeout;
alter role dsure reset statement_timeout;
alter role worker reset statement_timeout;

-- Four eyes are those of two people: one mail address is one member of staff.
create unique index accounts_mail_once_among_staff on accounts (surety_id, lower(email))
  where site = 'office';
-- A rule book's new version may come with the obligee's new title.
grant update (title_name) on obligees to founder;

-- Wrong passwords in a row, per login id whether it exists or not (hashed, as buckets are). Unlogged,
-- as they are: counting costs the same for every id, because nothing waits for the disk.
create unlogged table login_failures (
  bucket text primary key,
  count integer not null,
  at timestamptz not null
);
alter table login_failures enable row level security;
alter table login_failures force row level security;
create policy all_of_them on login_failures to gatekeeper using (true) with check (true);
grant select, insert, update, delete on login_failures to gatekeeper;
create policy letters_of_the_gate on jobs for insert to gatekeeper
  with check (kind in ('mail_invitation', 'mail_password') and state = 'ready');
grant insert on jobs to gatekeeper;

drop function login_find(text, text);
create function login_find(p_site text, p_login text, p_bucket text, p_limit integer)
returns table (id bigint, password_phc text, closed boolean)
language sql stable security definer set search_path = pg_catalog, public
begin atomic
  select a.id, a.password_phc, a.disabled_at is not null
    or coalesce((select f.count >= p_limit from public.login_failures f where f.bucket = p_bucket), false)
  from public.accounts a where a.site = p_site and a.login = p_login;
end;

-- One wrong password more. At the limit the account's own address gets a link, once: true then.
-- That letter's row waits for no disk either, so that the answer comes no later than any other.
create function login_failed(p_bucket text, p_site text, p_login text, p_limit integer, p_job uuid, p_now timestamptz)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, public
as $$
declare
  failures integer;
begin
  insert into public.login_failures as f (bucket, count, at) values (p_bucket, 1, p_now)
    on conflict (bucket) do update set count = f.count + 1, at = p_now
    returning f.count into failures;
  if failures <> p_limit then
    return false;
  end if;
  perform set_config('synchronous_commit', 'off', true);
  insert into public.jobs (id, surety_id, kind, payload, run_at, created_at)
    select p_job, a.surety_id, 'mail_invitation',
      jsonb_build_object('account', a.id, 'purpose', 'reset', 'locked', true), p_now, p_now
    from public.accounts a
    where a.site = p_site and a.login = p_login and a.disabled_at is null and a.password_phc is not null;
  return found;
end $$;

-- A session opens only for the password that was compared: one changed in between opens none, and
-- one changed afterwards ends this one (below), whatever the clock says.
drop function session_open(bytea, text, bigint, timestamptz);
create function session_open(p_token bytea, p_site text, p_account bigint, p_phc text, p_bucket text, p_now timestamptz)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, public
as $$
begin
  perform 1 from public.accounts a
    where a.id = p_account and a.site = p_site and a.password_phc = p_phc and a.disabled_at is null for share;
  if not found then
    return false;
  end if;
  delete from public.login_failures where bucket = p_bucket;
  insert into public.sessions (token_sha256, site, account_id, created_at, seen_at)
    values (p_token, p_site, p_account, p_now, p_now);
  return true;
end $$;

-- Ended sessions stay known, so that what was typed in them can be given back.
create function end_sessions() returns trigger
language plpgsql security definer set search_path = pg_catalog, public
as $$
begin
  update public.sessions set created_at = 'epoch' where account_id = new.id;
  return null;
end $$;
create trigger sessions_end after update of sessions_after on accounts
  for each row execute function end_sessions();

-- A link that was mailed to another address opens nothing any more.
create function end_links() returns trigger
language plpgsql security definer set search_path = pg_catalog, public
as $$
begin
  update public.invitations set used_at = expires_at where account_id = new.id and used_at is null;
  return null;
end $$;
create trigger links_end after update of email on accounts
  for each row when (old.email is distinct from new.email) execute function end_links();

-- The same password at today's cost.
create function password_rehash(p_account bigint, p_old text, p_new text)
returns void language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  update public.accounts set password_phc = p_new where id = p_account and password_phc = p_old;
end;

-- Uses the link once; true for the one that wins. A reset is told to the account's own address.
drop function invitation_use(bytea, text, timestamptz);
create function invitation_use(p_token bytea, p_phc text, p_bucket text, p_job uuid, p_now timestamptz)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, public
as $$
declare
  used record;
  tenant bigint;
begin
  update public.invitations set used_at = p_now
    where token_sha256 = p_token and used_at is null and expires_at > p_now
    returning account_id, purpose into used;
  if not found then
    return false;
  end if;
  update public.accounts set password_phc = p_phc, sessions_after = p_now
    where id = used.account_id and disabled_at is null returning surety_id into tenant;
  if not found then
    raise exception 'the account is closed';
  end if;
  update public.invitations set used_at = p_now where account_id = used.account_id and used_at is null;
  delete from public.login_failures where bucket = p_bucket;
  if used.purpose = 'reset' then
    insert into public.jobs (id, surety_id, kind, payload, run_at, created_at)
      values (p_job, tenant, 'mail_password', jsonb_build_object('account', used.account_id), p_now, p_now);
  end if;
  return true;
end $$;

-- A streak that nobody went on with for a month is over; a closed door stays closed.
create or replace function limits_sweep(p_now timestamptz)
returns void language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  delete from public.limits where tat < p_now;
  delete from public.login_failures where at < p_now - interval '30 days' and count < 100;
end;

do $$
declare
  f regprocedure;
begin
  grant create on schema public to gatekeeper;
  for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
    and p.proname in ('login_find', 'login_failed', 'session_open', 'end_sessions', 'end_links', 'password_rehash', 'invitation_use')
  loop
    execute format('alter function %s owner to gatekeeper', f);
    execute format('revoke execute on function %s from public', f);
    if f::text not like 'end\_%' then
      execute format('grant execute on function %s to netdesk, office', f);
    end if;
  end loop;
  revoke create on schema public from gatekeeper;
end $$;
