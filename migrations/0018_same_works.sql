-- What belongs to the same works is found by its search name: another guarantee with a key of its
-- own, an application that was received before. A draft's name may be longer than an index entry
-- can be, so the index holds its hash.
create index applications_of_same_works
  on applications (surety_id, contractor_id, hashtextextended(works_search, 0));
create index guarantees_of_same_works
  on guarantees (surety_id, contractor_id, hashtextextended(works_search, 0)) where issued_at is not null;
