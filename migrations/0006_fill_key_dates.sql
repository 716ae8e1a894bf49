-- Keys that were listed before dates were kept count as listed since their namespace was made.
UPDATE "publisher_keys" SET "since" = "namespaces"."created_at"
FROM "namespaces" WHERE "namespaces"."name" = "publisher_keys"."namespace";
