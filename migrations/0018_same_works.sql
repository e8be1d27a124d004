-- What belongs to the same works is found by its search name: another guarantee with a key of its
-- own, an application that was received before. A draft's name may be longer than an index entry
-- can be, so the index holds its hash; as a column of its own, since row-level security lets no
-- function that is not leakproof into an index condition.
alter table applications add column works_key bigint
  generated always as (hashtextextended(works_search, 0)) stored;
alter table guarantees add column works_key bigint
  generated always as (hashtextextended(works_search, 0)) stored;
create index applications_of_same_works on applications (surety_id, contractor_id, works_key);
create index guarantees_of_same_works on guarantees (surety_id, contractor_id, works_key)
  where issued_at is not null;
grant select (works_key) on applications to office;
