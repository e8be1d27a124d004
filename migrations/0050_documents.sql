-- Files that belong to an application: the 認定調書 of a 中間前払金保証. What was not sent yet may be
-- replaced or goes with its draft; what was sent stays, and only then the branch sees it.
create table documents (
  id uuid primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  application_id uuid not null,
  kind text not null constraint documents_kind check (kind in ('approval_record')),
  -- the file's own name, for people
  name text not null constraint documents_name check (length(name) between 1 and 200),
  bytes bytea not null constraint documents_size check (length(bytes) between 1 and 10485760),
  sha256 bytea not null constraint documents_sha256 check (sha256 = sha256(bytes)),
  uploaded_by text not null,
  uploaded_at timestamptz not null,
  sent_at timestamptz,
  constraint documents_application foreign key (surety_id, contractor_id, application_id)
    references applications (surety_id, contractor_id, id) on delete cascade
);
-- Pages are pressed already; what cannot shrink is not pressed again.
alter table documents alter column bytes set storage external;
create unique index documents_one_to_send on documents (application_id, kind) where sent_at is null;
create index documents_by_application on documents (application_id, kind, uploaded_at);

create function keep_sent_document() returns trigger language plpgsql as $$
begin
  if old.sent_at is not null then
    raise exception 'a document that was sent stays' using errcode = 'restrict_violation';
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end $$;
create trigger sent_documents_stay before update or delete on documents
  for each row execute function keep_sent_document();

alter table documents enable row level security;
alter table documents force row level security;
create policy contractor_reads on documents for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_attaches on documents for insert to netdesk
  with check (surety_id = app_surety() and contractor_id = app_contractor() and sent_at is null
    and exists (select from applications a where a.id = application_id and a.stage in ('draft', 'returned')));
create policy contractor_sends on documents for update to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and sent_at is null)
  with check (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_replaces on documents for delete to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor() and sent_at is null);
-- An application is seen by its branch alone; so are its documents.
create policy office_reads on documents for select to office
  using (surety_id = app_surety() and sent_at is not null
    and exists (select from applications a where a.id = application_id));
grant select, insert, delete, update (sent_at) on documents to netdesk;
grant select on documents to office;
