-- Work for the worker, queued in the transaction that causes it. A row holds ids only, never a secret.
create table jobs (
  id uuid primary key,
  surety_id bigint not null references sureties,
  kind text not null constraint jobs_kind
    check (kind in ('issue', 'deposit', 'mail_issued', 'mail_returned', 'mail_invitation')),
  payload jsonb not null,
  state text not null default 'ready' constraint jobs_state check (state in ('ready', 'done', 'buried')),
  run_at timestamptz not null,
  attempts integer not null default 0,
  last_error text,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index jobs_ready on jobs (run_at) where state = 'ready';
create index jobs_buried on jobs (surety_id) where state = 'buried';

alter table jobs enable row level security;
alter table jobs force row level security;
create policy queue on jobs for insert to netdesk, office with check (surety_id = app_surety());
create policy own on jobs for select to office using (surety_id = app_surety());
create policy again on jobs for update to office
  using (surety_id = app_surety() and state = 'buried') with check (surety_id = app_surety() and state = 'ready');
create policy all_of_them on jobs to worker using (true) with check (true);
grant insert on jobs to netdesk, office;
grant select, update (state, run_at, attempts) on jobs to office;
grant select, insert, update on jobs to worker;
