-- Looking at a bucket and taking from it in one step: with two, many attempts at once all look
-- before the first one takes. Rows are locked in the order of their names, so nobody waits in a ring.
create function limits_reserve(p_buckets text[], p_bursts integer[], p_every interval[], p_now timestamptz)
returns interval language plpgsql volatile
as $$
declare
  wait interval;
begin
  insert into limits (bucket, tat) select b, p_now from unnest(p_buckets) as b order by b
    on conflict do nothing;
  perform 1 from limits where bucket = any (p_buckets) order by bucket for update;
  select max(greatest(interval '0', greatest(l.tat, p_now) + b.every - b.burst * b.every - p_now))
    into wait
    from unnest(p_buckets, p_bursts, p_every) as b (name, burst, every)
    join limits l on l.bucket = b.name;
  if wait = interval '0' then
    update limits l set tat = greatest(l.tat, p_now) + b.every
      from unnest(p_buckets, p_every) as b (name, every) where l.bucket = b.name;
  end if;
  return wait;
end $$;

-- A bucket whose instant has passed says nothing more.
create function limits_sweep(p_now timestamptz)
returns void language sql volatile security definer set search_path = pg_catalog, public
begin atomic
  delete from public.limits where tat < p_now;
end;
grant delete on limits to gatekeeper;
grant create on schema public to gatekeeper;
alter function limits_sweep(timestamptz) owner to gatekeeper;
revoke create on schema public from gatekeeper;
revoke execute on function limits_sweep(timestamptz) from public;
grant execute on function limits_sweep(timestamptz) to worker;
