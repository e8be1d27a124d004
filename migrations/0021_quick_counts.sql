-- The counts of the limits may be lost with the machine (at most a second of them): nobody was told
-- anything that rests on them, so no attempt waits for the disk. For one statement outside a
-- transaction, as both are called, the setting lasts until its commit.
create or replace function limits_reserve(p_buckets text[], p_bursts integer[], p_every interval[], p_now timestamptz)
returns interval language plpgsql volatile
as $$
declare
  wait interval;
begin
  perform set_config('synchronous_commit', 'off', true);
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

create function limits_give_back(p_buckets text[], p_every interval[], p_now timestamptz)
returns void language plpgsql volatile
as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  perform 1 from limits where bucket = any (p_buckets) order by bucket for update;
  update limits l set tat = greatest(l.tat, p_now) - b.every
    from unnest(p_buckets, p_every) as b (name, every) where l.bucket = b.name;
end $$;
