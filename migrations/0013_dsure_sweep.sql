-- Sessions of D-Sure that have ended, and networks whose 24 hours have passed, say nothing more.
-- The looks stay: they are history.
create function dsure.sweep(p_before timestamptz, p_networks_before timestamptz)
returns void language sql volatile security definer set search_path = pg_catalog, public, dsure
begin atomic
  delete from dsure.sessions where seen_at < p_before;
  delete from dsure.good_networks where at < p_networks_before;
end;
grant delete on dsure.sessions to gatekeeper;
grant select, delete on dsure.good_networks to gatekeeper;
grant create on schema dsure to gatekeeper;
alter function dsure.sweep(timestamptz, timestamptz) owner to gatekeeper;
revoke create on schema dsure from gatekeeper;
revoke execute on function dsure.sweep(timestamptz, timestamptz) from public;
grant execute on function dsure.sweep(timestamptz, timestamptz) to worker;
