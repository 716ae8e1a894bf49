-- Versions that were published before: the last one of each recipe, until the next publish chooses.
INSERT INTO "recipes" ("name", "namespace", "version", "words", "maintainers")
SELECT DISTINCT ON ("recipe")
	"recipe",
	split_part("recipe", '/', 1),
	"version",
	lower(concat_ws(E'\n', "recipe", "metadata"->>'title', "metadata"->>'description', (
		SELECT string_agg(DISTINCT "type", E'\n')
		FROM "version_provisioners" AS "provided"
		WHERE "provided"."recipe" = "versions"."recipe" AND "provided"."version" = "versions"."version"
	))),
	coalesce((
		SELECT jsonb_agg(lower("maintainer"->>'name'))
		FROM jsonb_array_elements("metadata"->'maintainers') AS "maintainer"
	), '[]'::jsonb)
FROM "versions"
ORDER BY "recipe", "log_index" DESC;
