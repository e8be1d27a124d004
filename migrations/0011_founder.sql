-- Who sets an installation up: sureties, their first branches and people. Used by the command line
-- only, over the owner's login; no site and no worker has this role.
do $$
begin
  if not exists (select from pg_roles where rolname = 'founder') then
    begin
      create role founder nologin noinherit;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end if;
  grant founder to current_user;
end $$;
grant usage on schema public to founder;
do $$
declare
  t text;
begin
  foreach t in array array['sureties', 'branches', 'number_blocks', 'contractors', 'accounts', 'obligees', 'rule_books'] loop
    execute format('create policy founding on %I to founder using (true) with check (true)', t);
    execute format('grant select, insert on %I to founder', t);
  end loop;
end $$;
create policy founding on jobs for insert to founder with check (true);
grant insert on jobs to founder;
