-- One database role per site and one for the worker: none owns a table, none bypasses row-level
-- security. `gatekeeper` owns the few functions that must look before a tenant is known (sign-in,
-- session look-up). Roles belong to the cluster, so they are made only where they are missing.
do $$
declare
  r text;
begin
  foreach r in array array['netdesk', 'office', 'dsure', 'worker', 'gatekeeper'] loop
    if not exists (select from pg_roles where rolname = r) then
      begin
        execute format('create role %I nologin noinherit', r);
      exception when duplicate_object or unique_violation then
        null; -- two migrations of one cluster at once
      end;
    end if;
    execute format('grant %I to current_user', r);
  end loop;
end $$;

create schema dsure;
grant usage on schema public to netdesk, office, worker, gatekeeper;
grant usage on schema dsure to dsure, worker, gatekeeper;
revoke create on schema public from public;

-- Who asks: set for one transaction by the application, empty means nobody.
create function app_surety() returns bigint language sql stable parallel safe
  return nullif(current_setting('app.surety', true), '')::bigint;
create function app_contractor() returns bigint language sql stable parallel safe
  return nullif(current_setting('app.contractor', true), '')::bigint;
-- A branch sees its own; 'all' is the head office.
create function app_sees_branch(branch bigint) returns boolean language sql stable parallel safe
  return current_setting('app.branch', true) = 'all'
      or branch = nullif(nullif(current_setting('app.branch', true), ''), 'all')::bigint;

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
