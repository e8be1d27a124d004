-- 契約保証予約（入札ボンド）: what its certificate undertakes, which 契約保証 came of it, and a bid
-- that was lost.
alter table sureties add column vow_reservation text not null default
  '当会社は、上記の工事を落札された場合には、契約保証約款に基づき上記の金額の範囲内で契約保証をお引き受けすることを、ここに予約します。';

-- The reservation a 契約保証 was carried over from.
alter table applications add column reservation_id bigint;
alter table applications add constraint applications_reserved_new check (reservation_id is null or kind = 'new');
alter table applications add constraint applications_reservation foreign key (surety_id, contractor_id, reservation_id)
  references guarantees (surety_id, contractor_id, id);
-- Carried over once; what was withdrawn does not count.
create unique index applications_reservation_once on applications (reservation_id)
  where reservation_id is not null and stage <> 'withdrawn';
grant select (reservation_id) on applications to office;

create function keep_reservation() returns trigger language plpgsql as $$
begin
  if new.reservation_id is distinct from old.reservation_id then
    raise exception 'an application stays with the reservation it came from' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger reservation_stays before update on applications for each row execute function keep_reservation();

-- 落札しなかった: the reservation has come to nothing.
create table lost_bids (
  guarantee_id bigint primary key,
  surety_id bigint not null,
  contractor_id bigint not null,
  branch_id bigint not null,
  lost_on date not null,
  told_by text not null,
  told_at timestamptz not null,
  constraint lost_bids_guarantee foreign key (surety_id, contractor_id, guarantee_id)
    references guarantees (surety_id, contractor_id, id)
);
alter table lost_bids enable row level security;
alter table lost_bids force row level security;
create policy contractor_reads on lost_bids for select to netdesk
  using (surety_id = app_surety() and contractor_id = app_contractor());
create policy contractor_tells on lost_bids for insert to netdesk
  with check (surety_id = app_surety() and contractor_id = app_contractor());
create policy office_reads on lost_bids for select to office
  using (surety_id = app_surety() and app_sees_branch(branch_id));
grant select, insert on lost_bids to netdesk;
grant select on lost_bids to office;
create trigger append_only before update or delete on lost_bids
  for each row execute function refuse_rewriting();
create trigger append_only_all before truncate on lost_bids
  for each statement execute function refuse_rewriting();
