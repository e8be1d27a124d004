-- お知らせ: the form that wrote an entry, so that pressing twice writes one.
alter table events add column form_id uuid;
create unique index events_form_once on events (form_id) where form_id is not null;
