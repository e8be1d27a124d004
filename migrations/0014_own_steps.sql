-- Each role may take the steps that are its own and no others, whatever the program above it asks.
-- Net Desk sends, corrects and withdraws; it can neither examine, approve, order nor issue, and it
-- cannot speak in another site's name. The Office cannot write 'issued' nor touch what is issued:
-- numbers, guarantees and certificates are the worker's.

-- An order that came back is undone: nobody ordered.
update application_items set ordered_by = null, ordered_at = null
  where state not in ('ordered', 'issued') and ordered_at is not null;

drop policy contractor_own on application_items;
drop policy office_own on application_items;
create policy contractor_reads on application_items for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_sends on application_items for insert to netdesk
  with check (surety_id = app_surety() and contractor_id = app_contractor() and state = 'submitted'
    and examined_by is null and approved_by is null and approved_at is null and approved_sha256 is null
    and ordered_by is null and ordered_at is null and reason is null);
create policy contractor_corrects on application_items for update to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor()
    and state in ('submitted', 'returned', 'withdrawn'))
  with check (surety_id = app_surety() and contractor_id = app_contractor()
    and (state = 'withdrawn' or state = 'submitted' and examined_by is null and reason is null)
    and approved_by is null and approved_at is null and approved_sha256 is null
    and ordered_by is null and ordered_at is null);
create policy contractor_drops on application_items for delete to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and state = 'returned');
create policy office_reads on application_items for select to office
  using (surety_id = app_surety() and app_sees_branch(branch_id));
create policy office_decides on application_items for update to office
  using (surety_id = app_surety() and app_sees_branch(branch_id) and state <> 'issued')
  with check (surety_id = app_surety() and app_sees_branch(branch_id) and state <> 'issued');
revoke update on application_items from netdesk, office, worker;
grant update (branch_id, form, amount, fee_method, state, sent_at, examined_by, approved_by, approved_at,
  approved_sha256, ordered_by, ordered_at, reason) on application_items to netdesk;
grant update (state, examined_by, approved_by, approved_at, approved_sha256, ordered_by, ordered_at, reason)
  on application_items to office;
grant update (state, ordered_by, ordered_at, reason) on application_items to worker;

drop policy contractor_own on applications;
create policy contractor_reads on applications for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_begins on applications for insert to netdesk
  with check (surety_id = app_surety() and contractor_id = app_contractor() and stage = 'draft'
    and examiner_id is null and examined_at is null and return_words is null);
create policy contractor_writes on applications for update to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor())
  with check (surety_id = app_surety() and contractor_id = app_contractor()
    and (stage in ('draft', 'returned', 'withdrawn')
         or stage = 'submitted' and examiner_id is null and examined_at is null));
create policy contractor_drops on applications for delete to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and stage = 'draft');

-- A policy sees the old row or the new one, never both: what was sent stays as it was sent.
create function acts_for_contractor() returns boolean language sql stable
  return pg_has_role('netdesk', 'usage') and not pg_has_role('office', 'usage');
create function keep_what_was_sent() returns trigger language plpgsql as $$
begin
  if acts_for_contractor() and not (
       (old.stage in ('draft', 'returned')
         and (new.stage = 'submitted' or new.content is not distinct from old.content)
         or old.stage = 'submitted' and new.stage = 'withdrawn'
         and (new.content, new.branch_id, new.receipt_no, new.price, new.sent_by, new.sent_at)
             is not distinct from
             (old.content, old.branch_id, old.receipt_no, old.price, old.sent_by, old.sent_at))
       and (new.examiner_id is null or new.examiner_id is not distinct from old.examiner_id)
       and (new.return_words is null or new.return_words is not distinct from old.return_words))
  then
    raise exception 'an application that was sent stays as it was sent' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger what_was_sent_stays before update on applications
  for each row execute function keep_what_was_sent();

-- History is written in one's own name.
drop policy contractor_own on events;
drop policy office_own on events;
create policy contractor_own on events to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and shown)
  with check (surety_id = app_surety() and contractor_id = app_contractor() and actor_site = 'netdesk');
create policy office_own on events to office
  using (surety_id = app_surety() and (branch_id is null or app_sees_branch(branch_id)))
  with check (surety_id = app_surety() and (branch_id is null or app_sees_branch(branch_id))
    and actor_site = 'office');

-- Jobs: only the kinds a site causes, and fresh ones. Net Desk's letters go to its own company's people.
alter table jobs drop constraint jobs_kind;
alter table jobs add constraint jobs_kind check (kind in
  ('issue', 'deposit', 'mail_issued', 'mail_returned', 'mail_invitation', 'mail_password'));
drop policy queue on jobs;
create policy contractor_queue on jobs for insert to netdesk
  with check (surety_id = app_surety() and kind in ('mail_invitation', 'mail_password')
    and state = 'ready' and attempts = 0 and last_error is null and finished_at is null
    and exists (select from accounts a where a.id = (payload ->> 'account')::bigint));
create policy office_queue on jobs for insert to office
  with check (surety_id = app_surety()
    and kind in ('issue', 'mail_returned', 'mail_invitation', 'mail_password')
    and state = 'ready' and attempts = 0 and last_error is null and finished_at is null);

-- A block begins at 1; only the worker counts.
revoke insert on number_blocks from office;
grant insert (block, surety_id, branch_id, allotted_at) on number_blocks to office;

-- Time-outs come with the connection (db::pool): a role's own settings count only for logins of that
-- very name, and were never in force.
alter role netdesk reset statement_timeout;
alter role office reset statement_timeout;
alter role dsure reset statement_timeout;
alter role worker reset statement_timeout;
