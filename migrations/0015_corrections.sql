-- A corrected application: what was seen of its products stays, follows the application to the branch
-- it is sent to now, and counts for the terms it was seen for.

-- What the fee is reckoned from (amount, period, price) has been sent in this many editions; a payment
-- counts for the edition it was confirmed for.
alter table application_items add column terms_seq integer not null default 1;
alter table payments add column terms_seq integer not null default 1;

-- 申込日: the day in Japan on which it was first sent; 「開始日」 of a rule book is judged by it.
alter table applications add column first_sent_at timestamptz;
-- The owner is held by the policies, too, while it may be no superuser.
alter table applications no force row level security;
alter table events no force row level security;
update applications a set first_sent_at = coalesce(
    (select min(e.at) from events e where e.application_id = a.id and e.kind = 'submitted'), a.sent_at)
  where a.stage <> 'draft';
alter table applications force row level security;
alter table events force row level security;
alter table applications add constraint applications_first_sent
  check (stage = 'draft' or first_sent_at is not null);
grant select (first_sent_at) on applications to office;

-- The branch of an entry, a payment, or a product that is at its end is the one of the application, not
-- the one it was written for. A sub-select of a policy is itself held by the policies of the table it
-- reads.
drop policy office_reads on application_items;
create policy office_reads on application_items for select to office
  using (surety_id = app_surety() and case
    when state in ('declined', 'withdrawn') then exists (select from applications a where a.id = application_id)
    else app_sees_branch(branch_id) end);
drop policy office_own on payments;
create policy office_own on payments to office
  using (surety_id = app_surety() and exists (select from application_items i where i.id = item_id));
drop policy office_own on events;
create policy office_reads on events for select to office
  using (surety_id = app_surety() and case
    when application_id is not null then exists (select from applications a where a.id = application_id)
    else branch_id is null or app_sees_branch(branch_id) end);
create policy office_writes on events for insert to office
  with check (surety_id = app_surety() and actor_site = 'office'
    and (branch_id is null or app_sees_branch(branch_id)));

grant update (terms_seq) on application_items to netdesk;
-- What was sent is withdrawn, never deleted.
drop policy contractor_drops on application_items;
revoke delete on application_items from netdesk;
