-- A version of a rule book holds for a span of days: from valid_from (null: from the beginning) until
-- valid_until (null: until the next version). The version in force on the day an application was first
-- sent judges it, whatever came later; what a guarantee was issued under stays with it.
alter table rule_books add column valid_from date;
alter table rule_books add column valid_until date;
alter table rule_books add constraint rule_books_span check (valid_until >= valid_from);

-- A version begins with the newest one (and replaces it) or after it, and right after it where that
-- one names its last day: no day has two, none in between has none.
create function span_follows() returns trigger language plpgsql as $$
declare
  newest rule_books;
begin
  -- One version after the other, whoever writes.
  perform pg_advisory_xact_lock(hashtextextended('rule_books', new.obligee_id));
  select * into newest from rule_books
    where surety_id = new.surety_id and obligee_id = new.obligee_id order by version desc limit 1;
  if not found then
    return new;
  end if;
  if new.version <= newest.version then
    raise exception 'a newer version is there already' using errcode = 'unique_violation',
      constraint = 'rule_books_version_once';
  end if;
  if coalesce(new.valid_from, '-infinity') < coalesce(newest.valid_from, '-infinity')
     or (new.valid_from is distinct from newest.valid_from and new.valid_from <= newest.valid_until) then
    raise exception 'versions of a rule book overlap' using errcode = 'exclusion_violation',
      constraint = 'rule_books_overlap';
  end if;
  if new.valid_from is distinct from newest.valid_from and new.valid_from > newest.valid_until + 1 then
    raise exception 'a gap between versions of a rule book' using errcode = 'exclusion_violation',
      constraint = 'rule_books_gap';
  end if;
  return new;
end $$;
create trigger span_follows before insert on rule_books for each row execute function span_follows();

-- The version a guarantee was issued under; null where nobody knew the obligee.
alter table guarantees add column rule_book_id bigint constraint guarantees_rule_book references rule_books;

-- Open applications, for telling what a new version would change for them.
create index applications_open on applications (surety_id, sent_at)
  where stage in ('submitted', 'under_examination', 'returned');
