-- D-Sure's session in one look, key version checked in the same breath: a re-keyed guarantee ends
-- its sessions at once. Readiness: every role may see which migrations are at hand.
grant select, update on dsure.sessions to gatekeeper;

create function dsure.session_find(p_token bytea, p_now timestamptz, p_idle interval, p_absolute interval)
returns table (number text, suffix text, network text, created_at timestamptz, seen_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, dsure
as $$
begin
  update dsure.sessions s set seen_at = p_now
    where s.token_sha256 = p_token and s.seen_at < p_now - interval '1 minute'
      and s.seen_at > p_now - p_idle and s.created_at > p_now - p_absolute;
  return query
    select s.number, d.suffix, s.network, s.created_at, s.seen_at
    from dsure.sessions s join dsure.deposits d on d.number = s.number and d.key_version = s.key_version
    where s.token_sha256 = p_token
      and s.seen_at > p_now - p_idle and s.created_at > p_now - p_absolute;
end $$;

grant create on schema dsure to gatekeeper;
alter function dsure.session_find(bytea, timestamptz, interval, interval) owner to gatekeeper;
revoke create on schema dsure from gatekeeper;
revoke execute on function dsure.session_find(bytea, timestamptz, interval, interval) from public;
grant execute on function dsure.session_find(bytea, timestamptz, interval, interval) to dsure;

do $$
begin
  if to_regclass('public._sqlx_migrations') is not null then
    grant select on public._sqlx_migrations to netdesk, office, dsure, worker;
  end if;
end $$;
